import { spread } from '../support/spread.ts';
import { finish, type Steps } from '../support/steps.ts';
import { assignFolds } from './folds.ts';
import { takeRows, type Matrix } from './matrix.ts';
import { fitProbeSteps, predictProbe } from './probe.ts';

export interface OutOfFoldOptions {
  /** Number of folds; fewer if a class has fewer groups. Default 5. */
  folds?: number;
  /** Default 1. */
  seed?: number;
  /** Inverse strength of the probe's penalty. Default: `DEFAULT_C`. */
  c?: number;
  /** Rows that each probe is fitted to at most, spread over the others. Default: all. */
  most?: number;
}

/**
 * Out-of-fold probabilities of class 1: each of several stratified folds is predicted by a probe fitted to the others.
 *
 * @param matrix [n, width]
 * @param labels [n], 0 or 1
 * @param groups [n]: rows of the same group, such as copies of a picture, go into one fold
 * @returns [n]; null if a class has too few groups for two folds
 */
export function outOfFold(
  matrix: Matrix,
  labels: readonly (0 | 1)[],
  groups: readonly string[],
  options: OutOfFoldOptions = {},
): Float64Array | null {
  return finish(outOfFoldSteps(matrix, labels, groups, options));
}

/** `outOfFold` in steps: a pass over the rows at a time. */
export function* outOfFoldSteps(
  matrix: Matrix,
  labels: readonly (0 | 1)[],
  groups: readonly string[],
  { folds: wanted = 5, seed = 1, c, most = Infinity }: OutOfFoldOptions = {},
): Steps<Float64Array | null> {
  const folds = assignFolds(labels, groups, { folds: wanted, seed });
  if (!folds) return null;
  const probabilities = new Float64Array(matrix.rows);
  for (let fold = 0; fold < folds.count; fold++) {
    const [inside, outside]: [number[], number[]] = [[], []];
    folds.of.forEach((of, row) => (of === fold ? inside : outside).push(row));
    const fitted = spread(outside, most);
    const rows = takeRows(matrix, fitted);
    yield;
    const probe = yield* fitProbeSteps(
      rows,
      fitted.map((row) => labels[row]!),
      c,
    );
    predictProbe(probe, takeRows(matrix, inside)).forEach((probability, index) => {
      probabilities[inside[index]!] = probability;
    });
    yield;
  }
  return probabilities;
}
