import { expect, it } from 'vitest';
import { candidatesToLabel, chooseNext } from '../../../main/insight/label-next.ts';
import type { Matrix } from '../../../main/insight/matrix.ts';

/** Four clusters of 30 points each; row r is of cluster r % 4. */
const clusters: Matrix = {
  rows: 120,
  width: 2,
  data: Float32Array.from(
    Array.from({ length: 120 }, (_, row) => [
      ((row % 4) % 2) * 10 + Math.sin(row * 12.9) / 2,
      Math.floor((row % 4) / 2) * 10 + Math.sin(row * 78.2) / 2,
    ]).flat(),
  ),
};

it('takes one typical picture of each group before there is a probe', () => {
  const chosen = chooseNext(clusters, null, 4, 1);
  expect(new Set(chosen.map((row) => row % 4)).size).toBe(4);
  expect(chooseNext(clusters, null, 4, 1)).toEqual(chosen);
});

it('takes pictures that the probe is uncertain of, from different groups', () => {
  // Unsure of the first 20 rows only, five of each group.
  const probabilities = Array.from({ length: 120 }, (_, row) => (row < 20 ? 0.45 : 0.99));
  const chosen = chooseNext(clusters, probabilities, 4, 1);
  expect(chosen.every((row) => row < 20)).toBe(true);
  expect(new Set(chosen.map((row) => row % 4)).size).toBe(4);
});

it('takes all if fewer are left, even copies of one picture', () => {
  expect(chooseNext({ rows: 0, width: 2, data: new Float32Array(0) }, null, 4, 1)).toEqual([]);
  const copies: Matrix = { rows: 3, width: 2, data: Float32Array.of(1, 2, 1, 2, 1, 2) };
  const chosen = chooseNext(copies, null, 5, 1);
  expect(chosen.length).toBeGreaterThan(0);
  expect(new Set(chosen).size).toBe(chosen.length);
});

it('chooses from an even sample of many pictures, which is large enough for what is wanted', () => {
  expect(candidatesToLabel(100_000, null, 40).slice(0, 3)).toEqual([0, 100, 200]);
  expect(candidatesToLabel(100_000, null, 1500)).toHaveLength(1500);
  expect(candidatesToLabel(30, null, 40)).toHaveLength(30);
});
