import { createHash } from 'node:crypto';
import { readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { DuplicateStore, groupKeys, noPairs } from '../../../main/insight/duplicate-store.ts';
import { temporaryFolder } from '../../kit/library.ts';

const model = { weights: 'mine', fingerprint: 'ab'.repeat(32), resize: 'bilinear', bits16: 16 } as const;
const content = (name: string): string => createHash('sha256').update(name).digest('hex');
const comparison = {
  hashes: ['a', 'b', 'c', 'd', 'e', 'f'].map(content),
  links: [
    [0, 2],
    [2, 4],
    [1, 5],
  ] as [number, number][],
  near: {
    a: Int32Array.of(3, 4),
    b: Int32Array.of(1, 0),
    similarities: Float32Array.of(0.875, 0.9375),
  },
};
const nothing = { hashes: [], links: [], near: noPairs() };

it('stores comparisons by model, and counts a damaged file as missing', async () => {
  const cache = temporaryFolder();
  const store = new DuplicateStore(cache, model);
  expect(await store.read()).toEqual(nothing);
  await store.write(comparison);
  expect(await store.read()).toEqual(comparison);
  expect(await new DuplicateStore(cache, { ...model, fingerprint: 'cd'.repeat(32) }).read()).toEqual(nothing);
  const [file] = readdirSync(path.join(cache, 'duplicates'));
  writeFileSync(path.join(cache, 'duplicates', file!), 'half a fi');
  expect(await store.read()).toEqual(nothing);
});

it('gives directly or indirectly linked contents the same key, and others none', () => {
  const keys = groupKeys(comparison);
  const keyOf = (name: string): string | undefined => keys.get(content(name));
  expect(keyOf('a')).toBe([content('a'), content('c'), content('e')].sort()[0]);
  expect(keyOf('c')).toBe(keyOf('a'));
  expect(keyOf('e')).toBe(keyOf('a'));
  expect(keyOf('b')).toBe(keyOf('f'));
  expect(keyOf('b')).not.toBe(keyOf('a'));
  expect(keyOf('d')).toBeUndefined();
});
