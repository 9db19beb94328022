import type { LabelValue } from './library/labels.ts';
import type { Confusion, Evaluation } from './metrics.ts';
import { wilson } from './metrics.ts';
import type { Recipe } from './recipe.ts';

/** Swapping the classes: class 0 becomes class 1, the positive class, and vice versa. */

export const swapClass = (label: 0 | 1): 0 | 1 => (label === 0 ? 1 : 0);

/** Swaps a label; none and skipped stay. */
export const swapLabel = <L extends LabelValue>(label: L): L =>
  label === 0 || label === 1 ? (swapClass(label) as L) : label;

export const swapPair = <T>([first, second]: readonly [T, T]): [T, T] => [second, first];

/** The same recipe with the classes swapped: class weights are in the order of the classes. */
export function swapRecipe(recipe: Recipe): Recipe {
  const weights = recipe.classWeights.split(':');
  return weights.length === 2 ? { ...recipe, classWeights: weights.reverse().join(':') } : recipe;
}

/**
 * The threshold at which every picture keeps its predicted class when its probability p becomes 1 - p. "Above t" becomes
 * "at least 1 - t", so between 0 and 1 it is the number just below 1 - t, for pictures exactly at the threshold.
 */
export function swapThreshold(threshold: number): number {
  const mirrored = 1 - threshold;
  return threshold === 0 || threshold === 1 ? mirrored : justBelow(mirrored);
}

/** The largest double below a positive one. */
function justBelow(value: number): number {
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, value);
  bits.setBigUint64(0, bits.getBigUint64(0) - 1n);
  return bits.getFloat64(0);
}

/** A threshold rounded for people and other programs: 0.3 instead of 0.29999999999999993 after a swap. */
export const statedThreshold = (threshold: number): number => Number(threshold.toPrecision(12));

const swapConfusion = ([[n00, n01], [n10, n11]]: Confusion): Confusion => [
  [n11, n10],
  [n01, n00],
];

/** The same evaluation with the other class as the positive class. */
export function swapEvaluation(evaluation: Evaluation): Evaluation {
  const confusion = swapConfusion(evaluation.confusion);
  const [[, n01], [n10, n11]] = confusion;
  return {
    ...evaluation,
    threshold: statedThreshold(1 - evaluation.threshold),
    confusion,
    precision: wilson(n11, n01 + n11),
    recall: wilson(n11, n10 + n11),
    averagePrecision: evaluation.averagePrecisionOfClass0 ?? null,
    averagePrecisionOfClass0: evaluation.averagePrecision,
  };
}

/** Swaps the counts of class 0 and 1 on each side of the split. */
export const swapCounts = <Side extends string>(
  counts: Record<Side, readonly [number, number]>,
): Record<Side, [number, number]> =>
  Object.fromEntries(
    Object.entries<readonly [number, number]>(counts).map(([side, pair]) => [side, swapPair(pair)]),
  ) as Record<Side, [number, number]>;
