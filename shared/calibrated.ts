import { sigmoid } from './metrics.ts';

/** The logit of a probability as exact as a double holds it; 0 and 1, whose logits are infinite, are kept away from. */
export function exactLogit(probability: number): number {
  const p = Math.min(1 - 1.2e-16, Math.max(1e-300, probability));
  return Math.log(p) - Math.log1p(-p);
}

/** The probability whose logit is that of `probability` divided by the temperature (above 0). */
export const calibrated = (probability: number, temperature: number): number =>
  temperature === 1 ? probability : sigmoid(exactLogit(probability) / temperature);
