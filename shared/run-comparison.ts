import { plural } from './format.ts';
import type { Interval } from './metrics.ts';

/** Two runs on the pictures that both were validated on, with the current labels and the project's threshold. */
export interface RunComparison {
  /** How many of these pictures there are. */
  pictures: number;
  /** Accuracy of the first and the second run on them, with 95% Wilson intervals. */
  accuracy: [Interval, Interval];
  /** Pictures, by id, that only the first run predicts correctly, and those that only the second does. */
  onlyFirst: number[];
  onlySecond: number[];
  /** Two-sided p-value of McNemar's exact test, 0..1: how likely such a difference is between runs that are equally good. */
  p: number;
}

/** Differences with a p-value below this are called unlikely to be chance. */
const SIGNIFICANT = 0.05;

/** A p-value as `p = 0.06`, `p = 0.004` or `p < 0.001`. */
export const formatP = (p: number): string =>
  p < 0.001 ? 'p < 0.001' : `p = ${p.toFixed(p < 0.01 ? 3 : 2)}`;

/**
 * The comparison in words: which run is better on how many pictures, and whether chance explains it.
 *
 * @param names of the runs, such as `Run 2`
 */
export function comparisonSentence(
  { onlyFirst, onlySecond, p }: RunComparison,
  [first, second]: readonly [string, string],
): string {
  if (onlyFirst.length + onlySecond.length === 0) {
    return `${first} and ${second} are right on the same pictures.`;
  }
  return (
    `${second} is right on ${plural(onlySecond.length, 'picture')} that ${first} got wrong, and wrong on ${onlyFirst.length} ` +
    `that ${first} got right; that ${p < SIGNIFICANT ? 'is unlikely to be chance' : 'could be chance'} (${formatP(p)}).`
  );
}
