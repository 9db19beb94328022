import { seededGenerator } from '../support/random.ts';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { takeRows, type Matrix } from './matrix.ts';
import { fitProbe, predictProbe } from './probe.ts';

export interface OutOfFoldOptions {
  /** Number of folds; fewer where a class has fewer groups. Default 5. */
  folds?: number;
  /** Default 1. */
  seed?: number;
  /** Inverse strength of the probe's penalty. */
  c?: number;
}

/**
 * Gives every row a probability of class 1 by a probe that has not seen it: stratified folds, each predicted by a probe
 * fitted to the others.
 *
 * @param labels [n], 0 or 1
 * @param groups [n]: rows of the same group, such as copies of a picture, are in one fold
 * @returns [n]; null where a class has too few groups for two folds
 */
export function outOfFold(
  matrix: Matrix,
  labels: readonly (0 | 1)[],
  groups: readonly string[],
  options: OutOfFoldOptions = {},
): Float64Array | null {
  const steps = outOfFoldSteps(matrix, labels, groups, options);
  for (let step = steps.next(); ; step = steps.next()) if (step.done) return step.value;
}

/** As `outOfFold`, with a pause after each fold, in which others may compute. */
export function* outOfFoldSteps(
  matrix: Matrix,
  labels: readonly (0 | 1)[],
  groups: readonly string[],
  { folds: wanted = 5, seed = 1, c }: OutOfFoldOptions = {},
): Generator<undefined, Float64Array | null> {
  const byClass = ([0, 1] as const).map((label) => groupsOf(labels, groups, label));
  const folds = Math.min(wanted, ...byClass.map((of) => of.length));
  if (folds < 2) return null;
  const foldOf = new Map<string, number>();
  byClass.forEach((names, label) => {
    shuffled(names, seed + label).forEach((name, index) => {
      // A group with both labels was given its fold with the first class.
      if (!foldOf.has(name)) foldOf.set(name, index % folds);
    });
  });
  const probabilities = new Float64Array(matrix.rows);
  for (let fold = 0; fold < folds; fold++) {
    const [inside, outside]: [number[], number[]] = [[], []];
    groups.forEach((name, row) => (foldOf.get(name) === fold ? inside : outside).push(row));
    const probe = fitProbe(
      takeRows(matrix, outside),
      outside.map((row) => labels[row]!),
      c,
    );
    predictProbe(probe, takeRows(matrix, inside)).forEach((probability, index) => {
      probabilities[inside[index]!] = probability;
    });
    yield;
  }
  return probabilities;
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
