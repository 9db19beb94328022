import { crossEntropyOfLogit, sigmoid, wilson, type Scored } from '../../shared/metrics.ts';
import { binOf, type ReliabilityBin } from '../../shared/reliability.ts';

/** Bins of equal width over 0..1, as scikit-learn's `calibration_curve` with `strategy="uniform"`. */
export function reliability(scored: readonly Scored[], bins = 10): ReliabilityBin[] {
  const sums = Array.from({ length: bins }, () => ({ count: 0, hits: 0, probability: 0 }));
  for (const { probability, label } of scored) {
    const sum = sums[binOf(probability, bins)]!;
    sum.count++;
    sum.hits += label;
    sum.probability += probability;
  }
  return sums.map(({ count, hits, probability }, index) => ({
    from: index / bins,
    to: (index + 1) / bins,
    count,
    predicted: count === 0 ? null : probability / count,
    observed: wilson(hits, count),
  }));
}

/**
 * Expected calibration error (Naeini, Cooper and Hauskrecht, 2015): the mean distance between predicted probability and
 * observed share over the bins of the reliability diagram, weighted by the number of pictures.
 *
 * @returns 0..1; 0 without pictures
 */
export function calibrationError(scored: readonly Scored[], bins = 10): number {
  return reliability(scored, bins).reduce(
    (sum, { count, predicted, observed }) =>
      count === 0 ? sum : sum + (count / scored.length) * Math.abs(predicted! - observed!.value),
    0,
  );
}

/** The largest temperature, and the inverse of the smallest. Separable classes have no optimum. */
const LIMIT = 100;

/**
 * Temperature scaling (Guo, Pleiss, Sun and Weinberger, 2017): the temperature T that minimises the cross-entropy of
 * logits / T. Above 1 the model was overconfident, below 1 underconfident. Predicted classes at threshold 0.5 do not
 * change.
 *
 * @param logits [n] of pictures that the model was not trained on
 * @param labels [n], 0 or 1
 * @returns 0.01..100
 */
export function fitTemperature(logits: ArrayLike<number>, labels: ArrayLike<number>): number {
  // The loss is convex in 1 / T, so its slope has one zero, found by bisection on a logarithmic scale.
  const slope = (inverse: number): number => {
    let sum = 0;
    for (let row = 0; row < logits.length; row++) {
      sum += logits[row]! * (sigmoid(logits[row]! * inverse) - labels[row]!);
    }
    return sum;
  };
  let [low, high] = [-Math.log(LIMIT), Math.log(LIMIT)];
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (slope(Math.exp(middle)) < 0) low = middle;
    else high = middle;
  }
  return Math.exp(-(low + high) / 2);
}

/** Mean binary cross-entropy of logits / temperature, in nats. */
export function lossAt(logits: ArrayLike<number>, labels: ArrayLike<number>, temperature = 1): number {
  let sum = 0;
  for (let row = 0; row < logits.length; row++) {
    sum += crossEntropyOfLogit(logits[row]! / temperature, labels[row]!);
  }
  return sum / logits.length;
}
