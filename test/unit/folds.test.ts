import { hash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LabelledPicture } from '../../shared/labelled-picture.ts';
import { stratifiedFolds } from '../../main/training/folds.ts';

const CLASSES = ['cat', 'dog'] as const;

/** @param groups label and group of each picture */
const pictures = (groups: readonly (readonly [label: 0 | 1, group: string])[]): LabelledPicture[] =>
  groups.map(([label, group], id) => ({
    id,
    path: `${group}-${id}.png`,
    sha256: hash('sha256', String(id)),
    label,
    split: null,
  }));
const groupOf = ({ path }: LabelledPicture): string => path.split('-')[0]!;
const countOf = (fold: readonly LabelledPicture[], label: 0 | 1): number =>
  fold.filter((picture) => picture.label === label).length;

describe('stratified folds', () => {
  it('contain every picture once, and numbers of each class that differ by at most one', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 3, max: 10 }),
        fc.integer({ min: 10, max: 60 }),
        fc.integer({ min: 10, max: 60 }),
        fc.integer({ min: 0, max: 100 }),
        async (folds, zeros, ones, seed) => {
          const all = pictures(
            Array.from({ length: zeros + ones }, (_, id) => [id < zeros ? 0 : 1, `g${id}`] as const),
          );
          const found = await stratifiedFolds(all, { folds, seed, classes: CLASSES, groupOf });
          expect(
            found
              .flat()
              .map(({ id }) => id)
              .sort((a, b) => a - b),
          ).toEqual(all.map(({ id }) => id));
          for (const label of [0, 1] as const) {
            const counts = found.map((fold) => countOf(fold, label));
            expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it('keep groups together, also those with both labels, and depend on seed and content alone', async () => {
    const group = fc.constantFrom(...Array.from({ length: 16 }, (_, index) => `g${index}`));
    const label = fc.constantFrom<0 | 1>(0, 1);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(label, group), { maxLength: 80 }), async (drawn) => {
        const own = [0, 1].flatMap((of) => [1, 2, 3].map((n) => [of as 0 | 1, `own${of}x${n}`] as const));
        const all = pictures([...drawn, ...own]);
        const options = { folds: 3, seed: 1, classes: CLASSES, groupOf };
        const found = await stratifiedFolds(all, options);
        const foldOf = new Map<string, number>();
        for (const [fold, of] of found.entries()) {
          for (const picture of of) {
            expect(foldOf.get(groupOf(picture)) ?? fold).toBe(fold);
            foldOf.set(groupOf(picture), fold);
          }
        }
        const again = await stratifiedFolds(all.toReversed(), options);
        const ids = (folds: LabelledPicture[][]): number[][] =>
          folds.map((fold) => fold.map(({ id }) => id).sort((a, b) => a - b));
        expect(ids(again)).toEqual(ids(found));
      }),
      { numRuns: 40 },
    );
  });

  it('are refused if a class has too few different pictures', async () => {
    const all = pictures([
      ...Array.from({ length: 9 }, (_, id) => [0, `a${id}`] as const),
      ...Array.from({ length: 9 }, (_, id) => [1, `b${id % 4}`] as const),
    ]);
    const options = { folds: 5, seed: 1, classes: CLASSES, groupOf };
    await expect(stratifiedFolds(all, options)).rejects.toMatchObject({
      code: 'too-few',
      message:
        '"dog" has 4 different pictures outside the test set, and 5 folds need at least 5 of each class. Use 4 folds, or label more pictures.',
    });
  });
});
