import { expect, test } from 'vitest';
import {
  choosePictures,
  compare,
  requireSame,
  type CheckPicture,
} from '../../../main/export/verify/compare.ts';

const picture = (name: string, label: 0 | 1, split: CheckPicture['split']): CheckPicture => ({
  path: name,
  sha256: name,
  label,
  split,
});
const PICTURES = [
  picture('a', 1, 'validation'),
  picture('b', 0, 'validation'),
  picture('c', 0, 'train'),
  picture('d', 1, 'train'),
];
const OPTIONS = { threshold: 0.5, tolerance: 1e-4, runtime: 'test', unavailable: 0 };

test('validation pictures come first, in an order of content alone', () => {
  const shuffled = [PICTURES[3]!, PICTURES[1]!, PICTURES[2]!, PICTURES[0]!];
  expect(choosePictures(shuffled).map(({ path }) => path)).toEqual(['a', 'b', 'c', 'd']);
  expect(choosePictures(shuffled, 3).map(({ path }) => path)).toEqual(['a', 'b', 'c']);
});

test('differences, classes, and accuracy on what was not trained on', () => {
  const check = compare(PICTURES, [0.9, 0.4, null, 0.2], [0.9001, 0.6, 0.5, 0.2], {
    ...OPTIONS,
    unavailable: 3,
  })!;
  expect(check).toMatchObject({
    pictures: 3,
    unavailable: 4,
    sameClass: 2,
    accuracy: { pictures: 2, app: 1, export: 0.5 },
  });
  expect(check.maxDifference).toBeCloseTo(0.2);
  expect(check.meanDifference).toBeCloseTo(0.2001 / 3);
});

test('a difference above the tolerance is an error, also NaN; quantised ones only state it', () => {
  const check = (answers: number[], tolerance: number | null = 1e-4) =>
    compare(PICTURES, [0.9, 0.4, 0.1, 0.2], answers, { ...OPTIONS, tolerance })!;
  expect(() => requireSame(check([0.90009, 0.4, 0.1, 0.2]))).not.toThrow();
  expect(() => requireSame(check([0.90011, 0.4, 0.1, 0.2]))).toThrow(/predictions differ from the app’s/);
  expect(() => requireSame(check([0.9, NaN, 0.1, 0.2]))).toThrow(/predictions differ from the app’s/);
  expect(() => requireSame(check([0.9, 0.1, 0.1, 0.2], null))).not.toThrow();
  expect(() => requireSame(check([0.9, NaN, 0.1, 0.2], null))).toThrow(/predictions differ from the app’s/);
});

test('without a readable picture there is no verification', () => {
  expect(compare(PICTURES, [null, null, null, null], [1, 1, 1, 1], OPTIONS)).toBeNull();
  expect(compare([], [], [], OPTIONS)).toBeNull();
});
