import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { fromHex } from '../../main/files/download.ts';
import { inceptionV3 } from '../../main/model/architecture/inception-v3.ts';
import { CANONICAL_TENSORS, type TensorKey } from '../../main/model/weights/canonical.ts';
import { loadSameWeights, loadWeights } from '../../main/model/weights/store.ts';
import { ProgressPrinter } from '../../scripts/setup/progress.ts';
import { isReady, markReady, ROOT, type Step } from '../../scripts/setup/step.ts';
import { installOfficialWeights, installWeights } from '../../scripts/setup/weights.ts';
import { temporaryHome, writeKerasFile } from '../kit/weights.ts';
import { startMirror, type Mirror } from '../kit/setup-mirror.ts';

const quiet = new ProgressPrinter({ write: () => undefined });

let mirror: Mirror;
let home: ReturnType<typeof temporaryHome>;
const at = (...names: string[]): string => join(home.folder, ...names);
/** Where set-up puts the official weights, next to those that come with Twofold. */
const target = (): string => at('resources', 'weights', 'imagenet.safetensors');

beforeEach(async () => {
  mirror = await startMirror();
  home = temporaryHome();
  mkdirSync(at('resources', 'weights'), { recursive: true });
  copyFileSync(
    join(ROOT, '.cache', 'weights', 'nsfwjs.safetensors'),
    at('resources', 'weights', 'nsfwjs.safetensors'),
  );
  vi.stubEnv('TWOFOLD_RESOURCES', at('resources'));
  vi.stubEnv('TWOFOLD_CACHE', at('cache'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  home.remove();
  await mirror.close();
});

const offer = (body: Buffer) => ({
  addresses: [`${mirror.url}official.h5`],
  sizeBytes: body.byteLength,
  target: at('cache', 'official.h5'),
  integrity: fromHex('md5', createHash('md5').update(body).digest('hex')),
});

/** A file in the layout of the official one. */
async function officialFile(values: (key: TensorKey, index: number) => Float32Array): Promise<Buffer> {
  const file = at('official.h5');
  await writeKerasFile(
    file,
    CANONICAL_TENSORS.map((tensor, index) => ({ ...tensor, values: values(tensor.key, index) })),
  );
  return readFileSync(file);
}

it('installs the official file as "default", and older models still get their own weights', async () => {
  const shipped = await loadWeights('default');
  expect(shipped.name).toBe('nsfwjs');
  const tensors = await shipped.read(inceptionV3({ cut: 'mixed10' }));
  // Other weights than the shipped ones, as the real file has.
  const body = await officialFile((key, index) =>
    tensors.get(key)!.map((value) => (index === 0 ? value / 2 : value)),
  );
  // The connection breaks once; what has arrived is not downloaded again.
  mirror.serve('/official.h5', { kind: 'truncated', body, bytes: 1_000_000, after: 2 });

  expect(await installOfficialWeights(target(), quiet, offer(body))).toBeNull();
  expect(mirror.requests).toHaveLength(2);
  const best = await loadWeights('default');
  expect(best).toMatchObject({
    name: 'imagenet',
    title: 'ImageNet, the official Keras file, as in the tutorial',
  });
  expect(best.fingerprint).not.toBe(shipped.fingerprint);
  // The name that the official weights had in earlier versions.
  expect((await loadWeights('keras')).fingerprint).toBe(best.fingerprint);
  // A model of before, whose "default" meant the shipped weights.
  expect(await loadSameWeights({ name: 'default', fingerprint: shipped.fingerprint })).toMatchObject({
    name: 'nsfwjs',
  });
  await expect(loadSameWeights({ name: 'mine', fingerprint: 'f'.repeat(64) })).rejects.toThrow(
    'This model was trained on the InceptionV3 weights "mine" with fingerprint ffffffffffff…, which are not on this computer. Import the same weights',
  );
  // Afterwards it is found in the cache.
  expect(await installOfficialWeights(target(), quiet, offer(body))).toBeNull();
  expect(mirror.requests).toHaveLength(2);
});

it('gives the reason when the official file can not be downloaded, and keeps the shipped weights', async () => {
  mirror.serve('/official.h5', { kind: 'status', status: 403, after: 99 });
  expect(await installOfficialWeights(target(), quiet, offer(Buffer.from('wanted')))).toBe(
    `${mirror.url}official.h5: the server answered 403 Forbidden`,
  );
  mirror.serve('/official.h5', { kind: 'good', body: Buffer.from('others') });
  expect(await installOfficialWeights(target(), quiet, offer(Buffer.from('wanted')))).toBe(
    `${mirror.url}official.h5: wrong checksum (expected ${offer(Buffer.from('wanted')).integrity})`,
  );
  expect(existsSync(target())).toBe(false);
  expect((await loadWeights('default')).name).toBe('nsfwjs');
});

describe('the step of the weights', () => {
  const step: Step = {
    name: `test-weights-${process.pid}`,
    purposes: ['test'],
    key: () => '1',
    outputs: () => [at('resources', 'weights', 'nsfwjs.safetensors')],
    install: () => Promise.reject(new Error('not called')),
  };
  afterEach(() => {
    vi.useRealTimers();
    rmSync(join(ROOT, '.cache', 'setup', `${step.name}.json`), { force: true });
  });

  it('runs again a day after the official file was out of reach, or when asked to, until it is there', async () => {
    const tensors = await (await loadWeights('default')).read(inceptionV3({ cut: 'mixed10' }));
    const body = await officialFile((key) => tensors.get(key)!);
    const install = () => installWeights(at('resources', 'weights'), quiet, offer(body));
    mirror.serve('/official.h5', { kind: 'status', status: 403, after: 99 });
    const without = await install();
    expect(without.isFallback).toBe(true);
    expect(without.outcome).toMatch(
      /^InceptionV3 weights: those of nsfwjs .*, because .*To try again, run "npm run setup"; .*\n.*403 Forbidden$/,
    );
    markReady(step, without);
    expect([isReady(step), isReady(step, true)]).toEqual([true, false]);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 25 * 60 * 60_000 });
    expect(isReady(step)).toBe(false);
    vi.useRealTimers();

    mirror.serve('/official.h5', { kind: 'good', body });
    const complete = await install();
    expect(complete.isFallback).toBe(false);
    expect(complete.outcome).toMatch(
      /^InceptionV3 weights: the official ImageNet weights of Keras, and those of nsfwjs /,
    );
    markReady(step, complete);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 25 * 60 * 60_000 });
    expect([isReady(step), isReady(step, true)]).toEqual([true, true]);
    vi.useRealTimers();
    expect((await loadWeights('default')).name).toBe('imagenet');
  });
});
