import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { fromHex } from '../../main/files/download.ts';
import { inceptionV3 } from '../../main/model/architecture/inception-v3.ts';
import { CANONICAL_TENSORS } from '../../main/model/weights/canonical.ts';
import { loadSameWeights, loadWeights } from '../../main/model/weights/store.ts';
import { ProgressPrinter } from '../../scripts/setup/progress.ts';
import { ROOT } from '../../scripts/setup/step.ts';
import { installOfficialWeights } from '../../scripts/setup/weights.ts';
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

it('installs the official file as "default", and older models still get their own weights', async () => {
  const shipped = await loadWeights('default');
  expect(shipped.name).toBe('nsfwjs');
  const tensors = await shipped.read(inceptionV3({ cut: 'mixed10' }));
  const file = at('official.h5');
  await writeKerasFile(
    file,
    CANONICAL_TENSORS.map((tensor, index) => ({
      ...tensor,
      // Other weights than the shipped ones, as the real file has.
      values: tensors.get(tensor.key)!.map((value) => (index === 0 ? value / 2 : value)),
    })),
  );
  const body = readFileSync(file);
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
