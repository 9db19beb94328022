import { sortedPlaces } from '../support/sorted-places.ts';
import { typicalRows } from './k-means.ts';
import { takeRows, type Matrix } from './matrix.ts';

/** Number of uncertain candidates for each picture to choose. */
const CANDIDATES = 5;
/**
 * Maximum number of rows for k-means unless more are to be chosen. With 2,000 it takes twice as long, and the chosen
 * pictures are hardly more typical.
 */
const SAMPLE = 1000;

/**
 * Chooses what to label next: at first typical pictures (the centres of clusters), later diverse ones among those that
 * the probe is least certain of.
 *
 * @param unlabelled [n, width], the pictures to choose from
 * @param probabilities [n] of class 1, null while there are too few labels for a probe
 * @returns rows, at most `count`
 */
export function chooseNext(
  unlabelled: Matrix,
  probabilities: ArrayLike<number> | null,
  count: number,
  seed: number,
): number[] {
  const candidates = candidatesToLabel(unlabelled.rows, probabilities, count);
  return typicalRows(takeRows(unlabelled, candidates), count, seed).map((index) => candidates[index]!);
}

/** The rows that `chooseNext` chooses from: a sample if there are many. */
export function candidatesToLabel(
  total: number,
  probabilities: ArrayLike<number> | null,
  count: number,
): number[] {
  return probabilities
    ? leastSure(probabilities, count * CANDIDATES)
    : everyNth(total, Math.max(SAMPLE, count));
}

function leastSure(probabilities: ArrayLike<number>, count: number): number[] {
  const doubts = Float64Array.from(probabilities, (probability) => Math.abs(probability - 0.5));
  return [...sortedPlaces(doubts).subarray(0, count)];
}

function everyNth(total: number, most: number): number[] {
  const step = Math.max(1, total / most);
  return Array.from({ length: Math.min(total, most) }, (_, index) => Math.floor(index * step));
}
