import { formatPercent } from './format.ts';

/** How far values of the same quantity, such as the accuracies of several runs, lie apart. */
export interface Spread {
  count: number;
  mean: number;
  /** Standard deviation of the sample (divided by n − 1); 0 for one value. */
  sd: number;
  min: number;
  max: number;
}

/** @param values at least one */
export function spreadOf(values: readonly number[]): Spread {
  const count = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return {
    count,
    mean,
    sd: count > 1 ? Math.sqrt(squares / (count - 1)) : 0,
    min: Math.min(...values),
    max: Math.max(...values),
  };
}

/** `91.2% on average (standard deviation 1.3%, from 89.5% to 93.0%)` */
export const formatSpread = ({ mean, sd, min, max }: Spread): string =>
  `${formatPercent(mean)} on average (standard deviation ${(sd * 100).toFixed(1)}%, ` +
  `from ${formatPercent(min)} to ${formatPercent(max)})`;
