import type { Interval } from './metrics.ts';

/** Formats counts, percentages, sizes and durations for the window, the command line, exports and set-up. */

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const dayAndTime = new Intl.DateTimeFormat('en', {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});

/** `2,000` */
export const formatCount = (value: number): string => whole.format(value);

/** `1 picture`, `2,000 pictures` */
export function plural(value: number, one: string, many = `${one}s`): string {
  return `${formatCount(value)} ${value === 1 ? one : many}`;
}

/** `97.4%`; 100.0% and 0.0% only if exact. @param fraction 0..1 */
export function formatPercent(fraction: number, digits = 1): string {
  const percent = fraction * 100;
  const step = 10 ** -digits;
  const bounded = fraction < 1 && fraction > 0 ? Math.min(100 - step, Math.max(step, percent)) : percent;
  return `${bounded.toFixed(digits)}%`;
}

/** `P(dog) 92.3%`: the probability of a class is never shown without its name. */
export const formatProbability = (className: string, probability: number, digits = 1): string =>
  `P(${className}) ${formatPercent(probability, digits)}`;

/** `92.3% (88.0% to 95.2%)` */
export const formatInterval = ({ value, low, high }: Interval): string =>
  `${formatPercent(value)} (${formatPercent(low)} to ${formatPercent(high)})`;

/** `1.2 s`, `48 s`, `3 min`, `2 h 5 min` */
export function formatDuration(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 90) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/**
 * Time left, rounded coarsely so that it does not flicker: `40 s left`, `3 min left`, `up to 3 min left`.
 *
 * @param isLimit whether it may be less; default: it is an estimate
 */
export function formatLeft(ms: number, isLimit = false): string {
  const upTo = isLimit ? 'up to ' : '';
  if (ms < 10_000) return 'a few seconds left';
  if (ms < 60_000) return `${upTo}${Math.ceil(ms / 10_000) * 10} s left`;
  return `${upTo}${formatDuration(Math.ceil(ms / 60_000) * 60_000)} left`;
}

const SIZES = ['bytes', 'kB', 'MB', 'GB', 'TB'] as const;

/** `1.4 MB`, with 1 kB = 1,000 bytes, as in file managers. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let index = 0;
  while (value >= 1000 && index < SIZES.length - 1) {
    value /= 1000;
    index++;
  }
  const digits = value < 10 && index > 0 ? 1 : 0;
  return `${value.toLocaleString('en', { maximumFractionDigits: digits })} ${SIZES[index]!}`;
}

/** A loss or another small number, with four decimals. */
export const formatLoss = (value: number): string =>
  Number.isFinite(value) ? value.toFixed(4) : 'not a number';

/** `2.31`, `−0.40`: two decimals, with a minus sign. */
export const formatSigned = (value: number): string =>
  value
    .toFixed(2)
    .replace(/^-(?=0\.00$)/, '')
    .replace('-', '−');

/** `27 Nov, 21:58`, in the reader's time zone. */
export const formatDate = (atMs: number): string => dayAndTime.format(atMs);

/** `2026-11-27 21:58` */
export const formatUtc = (atMs: number): string =>
  new Date(atMs).toISOString().slice(0, 16).replace('T', ' ');

/** Text for a sentence, at most 40 characters. */
export const clip = (text: string): string => (text.length > 40 ? `${text.slice(0, 39)}…` : text);
