import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { quantile } from '../../../main/insight/quantile.ts';
import { seededGenerator } from '../../../main/support/random.ts';
import type { Interval } from '../../../shared/metrics.ts';

export interface BootstrapOptions {
  /** Default 1000. */
  resamples?: number;
  /** Default 1. The same items and seed give the same interval. */
  seed?: number;
}

/**
 * 95% percentile bootstrap interval (B. Efron, 1979) of a statistic, with which the faster one of several metrics is
 * compared.
 *
 * @param items at least one
 * @param statistic returns null if it is undefined, such as ROC AUC with a single class; such resamples do not count
 * @returns null if the statistic is undefined for the items or for more than half of the resamples
 */
export function bootstrap<T>(
  items: readonly T[],
  statistic: (items: readonly T[]) => number | null,
  { resamples = 1000, seed = 1 }: BootstrapOptions = {},
): Interval | null {
  const value = statistic(items);
  if (value === null) return null;
  const random = seededGenerator(seed, 0);
  const found: number[] = [];
  for (let resample = 0; resample < resamples; resample++) {
    const drawn = items.map(() => items[uniformInt(random, 0, items.length - 1)]!);
    const one = statistic(drawn);
    if (one !== null) found.push(one);
  }
  if (found.length < resamples / 2) return null;
  found.sort((a, b) => a - b);
  return { value, low: quantile(found, 0.025), high: quantile(found, 0.975) };
}
