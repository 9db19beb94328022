import { formatPercent } from '../../shared/format.ts';

/**
 * How far a probability lies from the threshold, as a share of what is possible on that side: -1 (surely class 0) through
 * 0 (at the threshold) to 1 (surely class 1). So both classes have one scale, whatever the threshold.
 */
export function beyond(probability: number, threshold: number): number {
  const room = probability <= threshold ? threshold : 1 - threshold;
  return room === 0 ? 0 : (probability - threshold) / room;
}

/** A range of probabilities: `20% to 35%`, `of 63.2%` for a single one. */
export const rangeWords = (from: number, to: number): string =>
  from === to ? `of ${formatPercent(from)}` : `${wholePercent(from)} to ${wholePercent(to)}`;

/** `95%`, or with a decimal where it has one. */
export const wholePercent = (probability: number): string =>
  formatPercent(probability, Number.isInteger(Math.round(probability * 1e4) / 100) ? 0 : 1);
