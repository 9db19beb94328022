import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { MapStore } from '../../../main/insight/map-store.ts';
import { finishAsync } from '../../../main/support/steps.ts';
import { temporaryFolder } from '../../kit/cli.ts';

const model = { weights: 'any', fingerprint: 'a'.repeat(64), resize: 'bilinear', bits16: 16 } as const;
const map = {
  hashes: ['01'.repeat(32), 'fe'.repeat(32)],
  points: Float32Array.of(1, -2, 3.5, 4),
  explained: [0.25, 0.125],
};

it('gives back the map that was stored for a method and the same weights only', async () => {
  const dir = temporaryFolder();
  const store = new MapStore(dir, model);
  expect(await finishAsync(store.read('pca'))).toBeNull();
  await store.write('pca', map);
  expect(await finishAsync(store.read('pca'))).toEqual(map);
  expect(await finishAsync(store.read('umap'))).toBeNull();
  const other = new MapStore(dir, { ...model, fingerprint: 'b'.repeat(64) });
  expect(await finishAsync(other.read('pca'))).toBeNull();
});

it('removes the maps of other weights', async () => {
  const dir = temporaryFolder();
  const store = new MapStore(dir, model);
  await store.write('pca', map);
  await store.write('umap', map);
  expect(readdirSync(join(dir, 'map'))).toHaveLength(2);
  const other = new MapStore(dir, { ...model, fingerprint: 'b'.repeat(64) });
  await other.removeOthers();
  expect(readdirSync(join(dir, 'map'))).toEqual([]);
});

it('takes a damaged map for none', async () => {
  const dir = temporaryFolder();
  const store = new MapStore(dir, model);
  await store.write('pca', map);
  writeFileSync(join(dir, 'map', readdirSync(join(dir, 'map'))[0]!), 'no map');
  expect(await finishAsync(store.read('pca'))).toBeNull();
});
