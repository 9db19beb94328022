import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { run, type Ended } from '../../scripts/setup/child.ts';
import { proveElectron } from '../../scripts/setup/electron.ts';
import { withLock } from '../../scripts/setup/lock.ts';
import { ProgressPrinter } from '../../scripts/setup/progress.ts';
import { drawSamples } from '../../scripts/setup/samples.ts';
import { proveSqlite } from '../../scripts/setup/sqlite.ts';
import { firstOrFallback, firstThatWorks } from '../../scripts/setup/sources.ts';
import { PURPOSES, ROOT } from '../../scripts/setup/step.ts';
import { stepsFor } from '../../scripts/setup/steps.ts';
import { proveTensorflow } from '../../scripts/setup/tensorflow.ts';
import { convertNsfwjsWeights } from '../../scripts/setup/weights.ts';
import { startMirror } from '../kit/setup-mirror.ts';

const quiet = new ProgressPrinter({ write: () => undefined });
const TFJS_NODE = join(ROOT, 'node_modules', '@tensorflow', 'tfjs-node');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'twofold-setup-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const setUp = (args: string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> =>
  run(process.execPath, ['--import', 'tsx', 'scripts/setup.ts', ...args], {
    cwd: ROOT,
    env,
  });

describe('npm run setup', () => {
  it('prints nothing, does nothing and sends no request when everything is there, as for these tests', async () => {
    const mirror = await startMirror();
    const env = {
      TWOFOLD_CACHE: folder,
      TFJS_NODE_CDN_STORAGE: mirror.url,
      ELECTRON_MIRROR: mirror.url,
      NODEJS_ORG_MIRROR: mirror.url,
      npm_config_registry: `${mirror.url}npm/`,
    };
    try {
      for (const purpose of ['test', 'cli']) {
        const ended = await setUp(['--for', purpose], env);
        expect(ended).toMatchObject({ exitCode: 0, stdout: '', stderr: '' });
      }
      expect(mirror.requests).toEqual([]);
      expect(readdirSync(folder)).toEqual([]);
    } finally {
      await mirror.close();
    }
  });

  it('looks for files that "npm ci" removes, not for the packages that it installs', () => {
    const outputs = stepsFor(PURPOSES).flatMap((step) => step.outputs());
    expect(outputs.filter((path) => /node_modules[\\/](@[^\\/]+[\\/])?[^\\/]+$/.test(path))).toEqual([]);
  });

  it.each([[['--for', 'nothing']], [['--fast']], [['extra']]])('prints its usage for %j', async (args) => {
    const { exitCode, stderr } = await setUp(args);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('--for cli|test|app|all');
  });

  it('skips what only the app and the tests need for the command line', () => {
    expect(stepsFor(['cli']).map(({ name }) => name)).toEqual([
      'tensorflow',
      'sqlite',
      'jpeg',
      'weights',
      'samples',
    ]);
    expect(stepsFor(PURPOSES)).toHaveLength(8);
  });
});

describe('what was set up', () => {
  it('computes, stores and starts', async () => {
    expect(await proveTensorflow(TFJS_NODE)).toMatch(/^\d+\.\d+\.\d+$/);
    expect(await proveSqlite(process.execPath)).toMatch(/^3\./);
    expect(await proveElectron()).toMatch(/^\d+\.\d+\.\d+$/);
  });

  it('is reported as broken when it does not load', async () => {
    await expect(proveTensorflow(join(folder, 'nothing'))).rejects.toMatchObject({
      code: 'runtime',
      message: expect.stringMatching(
        /^TensorFlow was installed but does not work \(exit code 1\):\nError: Cannot find module '.*nothing'\n/,
      ) as string,
    });
  });
});

describe('sources', () => {
  const failing = (name: string, reason: string) => ({
    name,
    install: () => Promise.reject(new Error(reason)),
  });

  it('tries the second when the first fails', async () => {
    const second = { name: 'b', install: () => Promise.resolve('from b') };
    expect(await firstThatWorks('It', [failing('a', 'closed'), second])).toBe('from b');
  });

  it('calls what comes from another than the first a fallback, with the reason', async () => {
    const works = { name: 'b', install: () => Promise.resolve('It 2: from b') };
    expect(await firstOrFallback('It', [works, failing('a', 'closed')])).toEqual({
      outcome: 'It 2: from b',
      isFallback: false,
    });
    expect(await firstOrFallback('It', [failing('a', 'closed'), works])).toEqual({
      outcome:
        'It 2: from b, as a fallback. To try again, run "npm run setup"; set-up tries again by itself tomorrow.\n' +
        '  from a: closed',
      isFallback: true,
    });
  });

  it('lists each with the reason', async () => {
    await expect(firstThatWorks('It', [failing('a', 'closed'), failing('b', 'gone')])).rejects.toThrow(
      /It could not be installed\.\n {2}from a: closed\n {2}from b: gone\nCheck the network/,
    );
  });

  it('does not blame the network for a full disk', async () => {
    const full = Object.assign(new Error('no space'), { code: 'ENOSPC' });
    let asked = false;
    const sources = [
      { name: 'a', install: () => Promise.reject(full) },
      { name: 'b', install: () => Promise.resolve(String((asked = true))) },
    ];
    await expect(firstThatWorks('It', sources)).rejects.toBe(full);
    expect(asked).toBe(false);
  });
});

describe('the lock', () => {
  it('lets one in at a time', async () => {
    const events: string[] = [];
    const work = (name: string) => async () => {
      events.push(`${name} in`);
      await sleep(50);
      events.push(`${name} out`);
    };
    await Promise.all([withLock(join(folder, 'lock'), work('a')), withLock(join(folder, 'lock'), work('b'))]);
    expect(events).toEqual(['a in', 'a out', 'b in', 'b out']);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is taken over from a process that was killed, and says once that it waits', async () => {
    const lock = join(folder, 'lock');
    const script = `
      import { withLock } from './scripts/setup/lock.ts';
      void withLock(${JSON.stringify(lock)}, () => new Promise(() => setInterval(() => {}, 1000)));
    `;
    const holder = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
      cwd: ROOT,
    });
    await expect.poll(() => existsSync(`${lock}.lock`)).toBe(true);
    let waits = 0;
    let taken: string | undefined;
    const done = withLock(
      lock,
      () => Promise.resolve((taken = 'mine')),
      () => waits++,
    );
    await sleep(2_000);
    expect([waits, taken]).toEqual([1, undefined]);
    holder.kill('SIGKILL');
    expect(await done).toBe('mine');
    expect(waits).toBe(1);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is released when its process exits in the middle', async () => {
    const lock = join(folder, 'lock');
    const script = `
      import { withLock } from './scripts/setup/lock.ts';
      await withLock(${JSON.stringify(lock)}, () => process.exit(3));
    `;
    const { exitCode } = await run(
      process.execPath,
      ['--import', 'tsx', '--input-type=module', '-e', script],
      {
        cwd: ROOT,
      },
    );
    expect(exitCode).toBe(3);
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('the default weights', () => {
  it('are a safetensors file of 94 convolutions, with the scale of the 8-bit values', async () => {
    const path = join(folder, 'nsfwjs.safetensors');
    await convertNsfwjsWeights(path);
    const file = readFileSync(path);
    const length = Number(file.readBigUInt64LE());
    expect(length % 8).toBe(0);
    const header = JSON.parse(file.toString('utf8', 8, 8 + length)) as Record<
      string,
      { dtype: string; shape: number[]; data_offsets: [number, number] }
    > & { __metadata__: Record<string, string> };
    const { __metadata__: metadata, ...tensors } = header;
    expect(Object.keys(tensors)).toHaveLength(4 * 94);
    expect(tensors['conv2d_1/kernel:0']).toMatchObject({ dtype: 'U8', shape: [3, 3, 3, 32] });
    const ends = Object.values(tensors).map(({ data_offsets: [, end] }) => end);
    expect(8 + length + Math.max(...ends)).toBe(file.byteLength);
    expect(metadata.format).toBe('twofold-inception-v3');
    const quantization = JSON.parse(metadata.quantization!) as Record<string, { scale: number; min: number }>;
    expect(Object.keys(quantization).sort()).toEqual(Object.keys(tensors).sort());
    for (const { scale, min } of Object.values(quantization)) {
      expect([Math.fround(scale), Math.fround(min)]).toEqual([scale, min]);
    }
    // All values, so that a change in the package is noticed.
    expect(
      createHash('sha256')
        .update(file.subarray(8 + length))
        .digest('hex'),
    ).toBe('6f5e0d248410ce26b66db5fbe0abab119bb97c829f115f3825f10b3f3e783e9f');
  });
});

describe('the sample pictures', () => {
  it('are reproducible, as many in each class, on the same backgrounds in both', async () => {
    const { sharp } = await import('../../main/pictures/sharp.ts');
    const samples = join(folder, 'samples');
    await drawSamples(samples, join(folder, 'unseen'), quiet);
    const corner = async (path: string): Promise<string> =>
      (await sharp(path).extract({ left: 0, top: 0, width: 1, height: 1 }).raw().toBuffer()).toString('hex');
    const backgrounds = async (label: string): Promise<string[]> =>
      Promise.all(readdirSync(join(samples, label)).map((name) => corner(join(samples, label, name))));
    const [flags, smileys] = [await backgrounds('flags'), await backgrounds('smileys')];
    expect(Math.min(flags.length, smileys.length)).toBeGreaterThanOrEqual(120);
    expect(Math.abs(flags.length - smileys.length)).toBeLessThanOrEqual(4);
    const shared = flags.filter((colour) => smileys.includes(colour));
    expect(shared.length).toBeGreaterThan(0.95 * Math.max(flags.length, smileys.length));
    expect(readdirSync(join(folder, 'unseen'))).toEqual(['grinning-cat.png', 'jamaica.png', 'nerd-face.png']);
    const again = join(ROOT, '.cache', 'samples', 'flags', 'germany.png');
    expect(readFileSync(join(samples, 'flags', 'germany.png')).equals(readFileSync(again))).toBe(true);
  });
});
