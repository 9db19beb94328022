import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { seededGenerator } from '../support/random.ts';

export interface Folds {
  /** Number of folds, at least 2. */
  count: number;
  /** [n], the fold of each row, from 0. */
  of: Int32Array;
}

/**
 * Divides rows into folds, stratified by class.
 *
 * @param labels [n], 0 or 1
 * @param groups [n]: rows of the same group, such as copies of a picture, go into one fold
 * @param options `folds`: number of folds (default 5), fewer if a class has fewer groups; `seed` (default 1)
 * @returns null if a class has too few groups for two folds
 */
export function assignFolds(
  labels: readonly (0 | 1)[],
  groups: readonly string[],
  { folds: wanted = 5, seed = 1 } = {},
): Folds | null {
  const byClass = ([0, 1] as const).map((label) => groupsOf(labels, groups, label));
  const count = Math.min(wanted, ...byClass.map((of) => of.length));
  if (count < 2) return null;
  const foldOf = new Map<string, number>();
  byClass.forEach((names, label) => {
    shuffled(names, seed + label).forEach((name, index) => {
      // A group with both labels already has a fold from the first class.
      if (!foldOf.has(name)) foldOf.set(name, index % count);
    });
  });
  return { count, of: Int32Array.from(groups, (name) => foldOf.get(name)!) };
}

function groupsOf(labels: readonly (0 | 1)[], groups: readonly string[], label: 0 | 1): string[] {
  return [...new Set(groups.filter((_, row) => labels[row] === label))].sort();
}

function shuffled(names: readonly string[], seed: number): string[] {
  const random = seededGenerator(seed, 0);
  const order = [...names];
  for (let last = order.length - 1; last > 0; last--) {
    const other = uniformInt(random, 0, last);
    [order[last], order[other]] = [order[other]!, order[last]!];
  }
  return order;
}
