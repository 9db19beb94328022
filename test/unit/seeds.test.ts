import { describe, expect, it } from 'vitest';
import { DEFAULT_RECIPE, type Recipe } from '../../shared/recipe.ts';
import { repeatsOf, runBefore, withSeeds } from '../../shared/recipe/seeds.ts';
import { formatSpread, spreadOf } from '../../shared/spread.ts';

const run = (
  id: string,
  changes: Partial<Recipe> = {},
  weightsFingerprint = 'a',
  dataFingerprint: string | null = 'data',
) => ({
  id,
  recipe: { ...DEFAULT_RECIPE, ...changes },
  weightsFingerprint,
  dataFingerprint,
});

describe('runs with several seeds', () => {
  it('have the seed of the recipe and the ones after it, which start again at 0', () => {
    expect(withSeeds({ ...DEFAULT_RECIPE, seed: 7 }, 3).map(({ seed }) => seed)).toEqual([7, 8, 9]);
    expect(withSeeds({ ...DEFAULT_RECIPE, seed: 2 ** 32 - 1 }, 2).map(({ seed }) => seed)).toEqual([
      2 ** 32 - 1,
      0,
    ]);
    expect(withSeeds(DEFAULT_RECIPE, 2)[1]).toEqual({ ...DEFAULT_RECIPE, seed: 2 });
  });

  it('are those that differ in nothing but the seed, up to a seed that comes again', () => {
    const runs = [
      run('r1', { seed: 1 }),
      run('r2', { seed: 1 }),
      run('r3', { seed: 2, dropout: 0.5 }),
      run('r4', { seed: 2 }),
      run('r5', { seed: 3 }),
      run('r6', { seed: 4 }, 'other weights'),
      run('r7', { seed: 2 }),
    ];
    const ids = (id: string, of = runs): string[] =>
      repeatsOf(
        of.find((one) => one.id === id)!,
        of,
      ).map((one) => one.id);
    for (const id of ['r2', 'r4', 'r5']) expect(ids(id)).toEqual(['r2', 'r4', 'r5']);
    expect(ids('r1')).toEqual(['r1']);
    expect(ids('r3')).toEqual(['r3']);
    expect(ids('r4', runs.toReversed())).toEqual(['r5', 'r4', 'r2']);
  });

  it('are compared with an earlier run of the same seed, which validated on the same pictures', () => {
    const relabelled = run('r6', { seed: 1 }, 'a', 'relabelled');
    const runs = [relabelled, ...[3, 2, 1].map((seed) => run(`r${seed}`, { seed }))];
    expect(runBefore(relabelled, runs)?.id).toBe('r1');
    const other = run('r7', { seed: 9, dropout: 0.1 });
    expect(runBefore(other, [other, ...runs])?.id).toBe('r6');
    expect(runBefore(runs[1]!, runs)).toBeUndefined();
  });

  it('were trained on the same pictures with the same labels', () => {
    const runs = [
      run('r1', { seed: 1 }),
      run('r2', { seed: 2 }, 'a', 'relabelled'),
      run('r3', { seed: 3 }),
      run('r4', { seed: 4 }, 'a', null),
      run('r5', { seed: 5 }, 'a', null),
    ];
    const ids = (one: (typeof runs)[number]): string[] => repeatsOf(one, runs).map(({ id }) => id);
    expect(runs.map(ids)).toEqual([['r1', 'r3'], ['r2'], ['r1', 'r3'], ['r4'], ['r5']]);
  });

  it('give mean, standard deviation of the sample, and range', () => {
    expect(spreadOf([0.9, 0.94, 0.92])).toEqual({
      count: 3,
      mean: expect.closeTo(0.92, 12) as number,
      sd: expect.closeTo(0.02, 12) as number,
      min: 0.9,
      max: 0.94,
    });
    expect(spreadOf([0.5])).toMatchObject({ count: 1, mean: 0.5, sd: 0 });
    expect(formatSpread(spreadOf([0.9, 0.94, 0.92]))).toBe(
      '92.0% on average (standard deviation 2.0%, from 90.0% to 94.0%)',
    );
  });
});
