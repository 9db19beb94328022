import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TrainingPicture } from '../../shared/labelled-picture.ts';
import { countClasses, splitPictures } from '../../main/training/split.ts';

const classes = ['cat', 'dog'] as const;
const options = { fraction: 0.25, seed: 1, classes };

function picture(
  id: number,
  label: 0 | 1,
  content = id,
  split: TrainingPicture['split'] = null,
): TrainingPicture {
  const sha256 = createHash('sha256').update(`${label}-${content}`).digest('hex');
  return { id, path: `/pictures/${id}.jpg`, sha256, label, split };
}

const pictures = (zeros: number, ones: number): TrainingPicture[] => [
  ...Array.from({ length: zeros }, (_, id) => picture(id, 0)),
  ...Array.from({ length: ones }, (_, id) => picture(1000 + id, 1)),
];

describe('split', () => {
  it('takes the given share of each class, at least one on each side, and loses nothing', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 2, max: 40 }),
        fc.integer({ min: 2, max: 40 }),
        fc.double({ min: 0.01, max: 0.9, noNaN: true }),
        fc.nat(),
        async (zeros, ones, fraction, seed) => {
          const { train, validation } = await splitPictures(pictures(zeros, ones), {
            ...options,
            fraction,
            seed,
          });
          expect(train.length + validation.length).toBe(zeros + ones);
          const expected = [zeros, ones].map((n) => Math.max(1, Math.min(n - 1, Math.round(n * fraction))));
          expect(countClasses(validation)).toEqual(expected);
        },
      ),
    );
  });

  it('is the same for the same seed whatever the order, and another for another seed', async () => {
    const all = pictures(30, 30);
    const ids = async (seed: number, list: TrainingPicture[]): Promise<number[]> =>
      (await splitPictures(list, { ...options, seed })).validation.map(({ id }) => id);
    const first = await ids(1, all);
    expect(await ids(1, [...all].reverse())).toEqual(first);
    expect(await ids(2, all)).not.toEqual(first);
  });

  it('never puts copies of a picture on both sides', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 8 }), { minLength: 12, maxLength: 40 }),
        fc.nat(),
        async (contents, seed) => {
          const all = contents.map((content, id) => picture(id, id % 2 === 0 ? 0 : 1, content));
          if (new Set(contents).size < 9) all.push(...pictures(3, 3));
          const { train, validation } = await splitPictures(all, { ...options, seed });
          const seen = new Set(train.map(({ sha256 }) => sha256));
          expect(validation.filter(({ sha256 }) => seen.has(sha256))).toEqual([]);
        },
      ),
    );
  });

  it('keeps the groups it is given on one side, whatever the order of their pictures', async () => {
    const all = pictures(30, 30);
    const groupOf = ({ id }: TrainingPicture): string => String(Math.floor(id / 3));
    const { train, validation } = await splitPictures(all, { ...options, groupOf });
    const groups = new Set(train.map(groupOf));
    expect(validation.filter((one) => groups.has(groupOf(one)))).toEqual([]);
    expect(validation.length).toBeGreaterThan(0);
    const reversed = await splitPictures([...all].reverse(), { ...options, groupOf });
    expect(reversed).toEqual({ train, validation, isDrawn: true });
  });

  it('keeps groups of both classes on one side, and the share of each class as near as they allow', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 4 })), {
          minLength: 15,
          maxLength: 40,
        }),
        fc.nat(),
        async (sizes, seed) => {
          let id = 0;
          const all = sizes.flatMap((counts, group) =>
            counts.flatMap((count, label) =>
              Array.from({ length: count }, () => ({ ...picture(id++, label as 0 | 1), group })),
            ),
          );
          const totals = countClasses(all);
          fc.pre(Math.min(...totals) >= 20);
          const groupOf = ({ id: which }: TrainingPicture): string => String(all[which]!.group);
          const { train, validation } = await splitPictures(all, { ...options, seed, groupOf });
          expect(train.length + validation.length).toBe(all.length);
          const groups = new Set(train.map(groupOf));
          expect(validation.filter((one) => groups.has(groupOf(one)))).toEqual([]);
          const wrong = countClasses(validation).map((count, label) =>
            Math.abs(count - Math.round(totals[label]! * options.fraction)),
          );
          // A group has up to 4 pictures of each class.
          expect(wrong[0]! + wrong[1]!).toBeLessThanOrEqual(8);
        },
      ),
    );
  });

  it('takes the smallest group for validation if all are larger than the share', async () => {
    const all = [...pictures(30, 0), ...Array.from({ length: 10 }, (_, index) => picture(100 + index, 1))];
    const groupOf = ({ id, sha256 }: TrainingPicture): string =>
      id < 100 ? sha256 : id < 106 ? 'large' : 'small';
    const { validation } = await splitPictures(all, { ...options, fraction: 0.1, groupOf });
    expect(countClasses(validation)).toEqual([3, 4]);
  });

  it('lets pictures without a split follow their group where a split was set, and moves no other', async () => {
    const all = [
      picture(1, 0, 1, 'train'),
      picture(2, 0, 2, 'validation'),
      picture(3, 1, 3, 'validation'),
      picture(4, 1, 4, 'train'),
      picture(5, 1, 5),
      picture(6, 0, 6),
    ];
    // 2, 5 and 6 are one group; 3 and 4 leak.
    const groupOf = ({ id }: TrainingPicture): string =>
      [2, 5, 6].includes(id) ? 'held out' : id === 1 ? 'alone' : 'leak';
    const { train, validation } = await splitPictures(all, { ...options, groupOf });
    expect(validation.map(({ id }) => id).sort()).toEqual([2, 3, 5, 6]);
    expect(train.map(({ id }) => id).sort()).toEqual([1, 4]);
  });

  it('keeps a split that was set, and trains on pictures without one', async () => {
    const all = [
      picture(1, 0, 1, 'train'),
      picture(2, 0, 2, 'validation'),
      picture(3, 1, 3, 'validation'),
      picture(4, 1, 4, 'train'),
      picture(5, 1, 5),
    ];
    const { train, validation } = await splitPictures(all, options);
    expect(validation.map(({ id }) => id).sort()).toEqual([2, 3]);
    expect(train.map(({ id }) => id).sort()).toEqual([1, 4, 5]);
  });

  it.each([
    ['nothing-labelled', [], /No picture is labelled/],
    ['one-class', pictures(5, 0), /All 5 labelled pictures are "cat".*"dog"/],
    ['too-few', pictures(5, 1), /"dog" has 1 picture/],
    [
      'too-few',
      [...pictures(5, 0), picture(90, 1, 7), picture(91, 1, 7)],
      /"dog" are near-duplicates of each other/,
    ],
    [
      'too-few',
      [picture(1, 0, 1, 'validation'), picture(2, 0), picture(3, 1), picture(4, 1)],
      /no picture of "dog" for validation/,
    ],
  ] as const)('refuses %s with a sentence', async (code, set, message) => {
    await expect(splitPictures(set, options)).rejects.toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) as string }),
    );
  });
});
