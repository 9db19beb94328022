import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CODEC_SHA256 } from '../../main/pictures/codec-build.ts';
import { installCodec } from '../../scripts/setup/jpeg.ts';
import { ProgressPrinter } from '../../scripts/setup/progress.ts';
import { isReady, markReady, ROOT, type Installed, type Step } from '../../scripts/setup/step.ts';
import { sha256 } from '../../main/pictures/hash.ts';
import { startMirror, type Mirror } from '../kit/setup-mirror.ts';

const quiet = new ProgressPrinter({ write: () => undefined });
const installed = join(ROOT, '.cache', 'jpeg', 'jpeg.wasm');

let folder: string;
let mirror: Mirror;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'twofold-setup-jpeg-'));
  mirror = await startMirror();
  vi.stubEnv('TWOFOLD_CACHE', join(folder, 'cache'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await mirror.close();
  rmSync(folder, { recursive: true, force: true });
});

const kept = (): string => join(folder, 'cache', 'builds', `jpeg-${CODEC_SHA256}.wasm`);
const install = (): Promise<Installed> =>
  installCodec(join(folder, 'jpeg'), quiet, { 'the mirror': `${mirror.url}libjpeg-turbo.tar.gz` });

it.runIf(existsSync(installed))('what these tests run on is the decoder that scripts/jpeg describes', () => {
  expect(sha256(readFileSync(installed))).toBe(CODEC_SHA256);
});

describe('installCodec', () => {
  it.runIf(existsSync(installed))(
    'takes what was built earlier on this machine, without a request',
    async () => {
      mkdirSync(join(kept(), '..'), { recursive: true });
      copyFileSync(installed, kept());
      const { outcome, isFallback } = await install();
      expect(outcome).toMatch(/built earlier/);
      expect(isFallback).toBe(false);
      expect(sha256(readFileSync(join(folder, 'jpeg', 'jpeg.wasm')))).toBe(CODEC_SHA256);
      expect(mirror.requests).toEqual([]);
    },
  );

  it('says that libvips decodes, and why, where the source is out of reach and the cached decoder is damaged', async () => {
    mkdirSync(join(kept(), '..'), { recursive: true });
    writeFileSync(kept(), 'damaged');
    const { outcome, isFallback } = await install();
    expect(isFallback).toBe(true);
    expect(outcome).toMatch(/^JPEG decoder: libvips, .*To try again, run "npm run setup".*\n/);
    expect(outcome).toContain('from the mirror:');
    expect(readdirSync(join(folder, 'jpeg'))).toEqual([]);
    expect(mirror.requests.length).toBeGreaterThan(0);
  });
});

describe('a step that could only install a replacement', () => {
  const step: Step = {
    name: `test-${process.pid}`,
    purposes: ['test'],
    key: () => '1',
    outputs: () => [],
    install: () => Promise.resolve(''),
  };
  afterEach(() => {
    vi.useRealTimers();
    rmSync(join(ROOT, '.cache', 'setup', `${step.name}.json`), { force: true });
  });

  it('runs again after a day, or when asked to, but not before every command', () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    markReady(step, { outcome: 'a replacement', isFallback: true });
    expect(isReady(step)).toBe(true);
    expect(isReady(step, true)).toBe(false);
    vi.advanceTimersByTime(25 * 60 * 60_000);
    expect(isReady(step)).toBe(false);
    markReady(step, { outcome: 'the real thing', isFallback: false });
    expect(isReady(step, true)).toBe(true);
    vi.advanceTimersByTime(25 * 60 * 60_000);
    expect(isReady(step)).toBe(true);
  });
});
