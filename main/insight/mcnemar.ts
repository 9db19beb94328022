import { binomialCdf } from './binomial.ts';

/**
 * McNemar's exact test (Q. McNemar, 1947): whether two models differ, from the pictures that only one of them got right.
 *
 * @returns two-sided p-value, 0..1; 1 where they never disagree
 */
export function mcnemarExact(onlyFirst: number, onlySecond: number): number {
  const disagreements = onlyFirst + onlySecond;
  return Math.min(1, 2 * binomialCdf(Math.min(onlyFirst, onlySecond), disagreements, 0.5));
}
