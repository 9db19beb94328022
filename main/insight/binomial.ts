/** Exact binomial probabilities, computed with logarithms to avoid overflow and underflow. */

/** Coefficients of Lanczos' approximation for g = 7, n = 9 (P. Godfrey); relative error below 1e-13. */
const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];

/** Natural logarithm of n!, for n from 0. */
export function logFactorial(n: number): number {
  let sum = LANCZOS[0]!;
  for (let index = 1; index < LANCZOS.length; index++) sum += LANCZOS[index]! / (n + index);
  const t = n + 7.5;
  return 0.5 * Math.log(2 * Math.PI) + (n + 0.5) * Math.log(t) - t + Math.log(sum);
}

/** P(X ≤ hits) of a binomial distribution with `trials` trials, each a hit with probability p (0..1). */
export function binomialCdf(hits: number, trials: number, p: number): number {
  if (hits < 0) return 0;
  if (hits >= trials || p <= 0) return 1;
  if (p >= 1) return 0;
  const [logP, logQ, logAll] = [Math.log(p), Math.log1p(-p), logFactorial(trials)];
  let sum = 0;
  for (let k = 0; k <= hits; k++) {
    sum += Math.exp(logAll - logFactorial(k) - logFactorial(trials - k) + k * logP + (trials - k) * logQ);
  }
  return Math.min(1, sum);
}
