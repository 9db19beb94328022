import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
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
/** Where set-up puts the official weights, beside those that come with Twofold. */
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
  md5: createHash('md5').update(body).digest('hex'),
});

it('takes a file in the official layout, which is then what "default" stands for, and finds older models their own', async () => {
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
  // The connection breaks once; what has arrived is not asked for again.
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
    'This model was trained on the InceptionV3 weights "mine" with fingerprint ffffffffffff…, which are not on this machine. Import the same weights',
  );
  // Once downloaded, it is found in the cache.
  expect(await installOfficialWeights(target(), quiet, offer(body))).toBeNull();
  expect(mirror.requests).toHaveLength(2);
});

it('says why the official file could not be had, and leaves the shipped weights', async () => {
  mirror.serve('/official.h5', { kind: 'status', status: 403, after: 99 });
  expect(await installOfficialWeights(target(), quiet, offer(Buffer.from('wanted')))).toBe(
    `${mirror.url}official.h5: the server answers 403 Forbidden`,
  );
  mirror.serve('/official.h5', { kind: 'good', body: Buffer.from('others') });
  expect(await installOfficialWeights(target(), quiet, offer(Buffer.from('wanted')))).toBe(
    `${mirror.url}official.h5: the file is not the expected one (another MD5)`,
  );
  expect(existsSync(target())).toBe(false);
  expect((await loadWeights('default')).name).toBe('nsfwjs');
});
