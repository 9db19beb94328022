import { formatPercent } from '../../shared/format.ts';

/** A range of probabilities: `20% to 35%`, `of 63.2%` for a single one. */
export const rangeWords = (from: number, to: number): string =>
  from === to ? `of ${formatPercent(from)}` : `${wholePercent(from)} to ${wholePercent(to)}`;

/** `95%`, or with a decimal where it has one. */
export const wholePercent = (probability: number): string =>
  formatPercent(probability, Number.isInteger(Math.round(probability * 1e4) / 100) ? 0 : 1);
