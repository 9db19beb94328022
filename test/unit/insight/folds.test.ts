import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assignFolds, countGroups } from '../../../main/insight/folds.ts';
import { refuseTooFew } from '../../../main/engine/cross-validate.ts';
import { groupsAmong } from '../../../main/engine/duplicates.ts';

type Row = readonly [label: 0 | 1, group: string];
const assigned = (rows: readonly Row[], options: { folds: number; seed: number }) =>
  assignFolds(
    rows.map(([label]) => label),
    rows.map(([, group]) => group),
    options,
  );

describe('stratified folds', () => {
  it('contain every row, and numbers of each class that differ by at most one where groups are single rows', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 10 }),
        fc.integer({ min: 10, max: 60 }),
        fc.integer({ min: 10, max: 60 }),
        fc.integer({ min: 0, max: 100 }),
        (folds, zeros, ones, seed) => {
          const rows = Array.from({ length: zeros + ones }, (_, row): Row => [
            row < zeros ? 0 : 1,
            `g${row}`,
          ]);
          const found = assigned(rows, { folds, seed })!;
          expect(found.count).toBe(folds);
          for (const label of [0, 1]) {
            const counts = Array.from({ length: folds }, (_, fold) =>
              rows.reduce((sum, [own], row) => sum + Number(own === label && found.of[row] === fold), 0),
            );
            expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('keep groups together, also those with both labels, and do not depend on the order of the rows', () => {
    const group = fc.constantFrom(...Array.from({ length: 16 }, (_, index) => `g${index}`));
    const label = fc.constantFrom<0 | 1>(0, 1);
    fc.assert(
      fc.property(fc.array(fc.tuple(label, group), { maxLength: 80 }), (drawn) => {
        const own = [0, 1].flatMap((of) => [1, 2, 3].map((n): Row => [of as 0 | 1, `own${of}x${n}`]));
        const rows: Row[] = [...drawn, ...own];
        const found = assigned(rows, { folds: 3, seed: 1 })!;
        const foldOf = new Map<string, number>();
        rows.forEach(([, name], row) => {
          expect(found.of[row]).toBe(foldOf.get(name) ?? found.of[row]);
          foldOf.set(name, found.of[row]!);
        });
        const again = assigned(rows.toReversed(), { folds: 3, seed: 1 })!;
        expect([...again.of].toReversed()).toEqual([...found.of]);
      }),
      { numRuns: 60 },
    );
  });

  it('balance the classes also where near-duplicates are many', () => {
    // Bursts of 1 to 8 frames; without the large ones first, single folds would get far more than their share.
    const rows = Array.from({ length: 60 }, (_, group) =>
      Array.from({ length: (group % 8) + 1 }, (): Row => [group % 3 === 0 ? 1 : 0, `burst${group}`]),
    ).flat();
    const found = assigned(rows, { folds: 5, seed: 3 })!;
    for (const label of [0, 1]) {
      const total = rows.filter(([own]) => own === label).length;
      for (let fold = 0; fold < 5; fold++) {
        const inside = rows.filter(([own], row) => own === label && found.of[row] === fold).length;
        expect(Math.abs(inside - total / 5)).toBeLessThanOrEqual(2);
      }
    }
  });

  it('are others with another seed, and fewer where a class has fewer groups', () => {
    const rows = Array.from({ length: 40 }, (_, row): Row => [row < 20 ? 0 : 1, `g${row}`]);
    const [first, second] = [1, 2].map((seed) => assigned(rows, { folds: 5, seed })!);
    expect([...first!.of]).not.toEqual([...second!.of]);
    const few: Row[] = [...rows.slice(0, 20), [1, 'a'], [1, 'a'], [1, 'b'], [1, 'c']];
    expect(assigned(few, { folds: 5, seed: 1 })!.count).toBe(3);
    expect(assigned(few.slice(0, 22), { folds: 5, seed: 1 })).toBeNull();
  });

  it('never leave a class in one fold only', () => {
    const rows: Row[] = [
      [0, 'both'],
      [1, 'both'],
      [1, 'both'],
      [0, 'zero'],
      [1, 'one'],
    ];
    const found = assigned(rows, { folds: 2, seed: 1 });
    for (let fold = 0; fold < (found?.count ?? 0); fold++) {
      const outside = rows.filter((_, row) => found!.of[row] !== fold).map(([label]) => label);
      expect(new Set(outside).size).toBe(2);
    }
  });
});

describe('groups of near-duplicates', () => {
  const pictures = ['c', 'b', 'a', 'd'].map((sha256, row) => ({ sha256, label: (row % 2) as 0 | 1 }));

  it('are named by their lowest content among the given pictures', () => {
    const keys = new Map([
      ['b', '0-unlabelled'],
      ['c', '0-unlabelled'],
      ['0-unlabelled', '0-unlabelled'],
    ]);
    expect(groupsAmong(pictures, keys).map(({ group }) => group)).toEqual(['b', 'b', 'a', 'd']);
    expect(countGroups([0, 1, 0, 1], ['b', 'b', 'a', 'd'])).toEqual([2, 2]);
  });

  it('count once when folds are refused', () => {
    const grouped = [
      ...Array.from({ length: 9 }, (_, row) => ({ label: 0 as const, group: `a${row}` })),
      ...Array.from({ length: 9 }, (_, row) => ({ label: 1 as const, group: `b${row % 4}` })),
    ];
    const classes = [{ name: 'cat' }, { name: 'dog' }];
    expect(() => refuseTooFew(grouped, 4, classes)).not.toThrow();
    expect(() => refuseTooFew(grouped, 5, classes)).toThrow(
      '"dog" has 4 different pictures outside the test set, and 5 folds need at least 5 of each class. Use 4 folds, or label more pictures.',
    );
  });
});
