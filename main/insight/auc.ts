import type { Interval } from '../../shared/metrics.ts';

/** The 97.5th percentile of the normal distribution. */
const Z95 = 1.959963984540054;

/**
 * ROC AUC of a value that is higher for class 1, with DeLong's 95% confidence interval (DeLong, DeLong and
 * Clarke-Pearson, 1988) computed from ranks (Sun and Xu, 2014), which takes a fraction of a second for 100,000
 * pictures.
 *
 * @param values [n], any real numbers
 * @param labels [n], 0 or 1
 * @returns null with fewer than two values of a class
 */
export function aucInterval(values: readonly number[], labels: ArrayLike<number>): Interval | null {
  const of = (label: number): number[] => values.filter((_, index) => labels[index] === label);
  const [negatives, positives] = [of(0), of(1)];
  const [n, m] = [negatives.length, positives.length];
  if (Math.min(n, m) < 2) return null;
  const all = midRanks([...positives, ...negatives]);
  const [ownPositive, ownNegative] = [midRanks(positives), midRanks(negatives)];
  // Share of negatives below each positive, and of positives above each negative.
  const below = positives.map((_, index) => (all[index]! - ownPositive[index]!) / n);
  const above = negatives.map((_, index) => 1 - (all[m + index]! - ownNegative[index]!) / m);
  const value = mean(below);
  const error = Math.sqrt(variance(below) / m + variance(above) / n);
  return { value, low: Math.max(0, value - Z95 * error), high: Math.min(1, value + Z95 * error) };
}

/** Ranks from 1; equal values get the mean of their ranks. */
function midRanks(values: readonly number[]): Float64Array {
  const order = values.map((_, index) => index).sort((a, b) => values[a]! - values[b]!);
  const ranks = new Float64Array(values.length);
  for (let start = 0; start < order.length;) {
    let end = start + 1;
    while (end < order.length && values[order[end]!] === values[order[start]!]) end++;
    for (let at = start; at < end; at++) ranks[order[at]!] = (start + end + 1) / 2;
    start = end;
  }
  return ranks;
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

function variance(values: readonly number[]): number {
  const centre = mean(values);
  return values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1);
}
