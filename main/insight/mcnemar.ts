import { binomialCdf } from './binomial.ts';

/**
 * McNemar's exact test (Q. McNemar, 1947) of whether the accuracies of two models differ.
 *
 * @param onlyFirst number of pictures that only the first model predicts correctly
 * @param onlySecond number of pictures that only the second model predicts correctly
 * @returns two-sided p-value, 0..1; 1 if they never disagree
 */
export function mcnemarExact(onlyFirst: number, onlySecond: number): number {
  const disagreements = onlyFirst + onlySecond;
  return Math.min(1, 2 * binomialCdf(Math.min(onlyFirst, onlySecond), disagreements, 0.5));
}
