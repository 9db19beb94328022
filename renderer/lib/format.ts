/** Numbers and times in words, the same on every screen. */

const bytesWith = (digits: number): Intl.NumberFormat =>
  new Intl.NumberFormat('en', { maximumFractionDigits: digits });
const SIZES = ['bytes', 'kB', 'MB', 'GB', 'TB'] as const;
const whenDone = new Intl.DateTimeFormat('en', {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});

export { formatCount, plural } from '../../shared/plural.ts';

/** `97.4 %`; never 100 % or 0 % of what is only nearly so. @param fraction 0..1 */
export function formatPercent(fraction: number, digits = 1): string {
  const percent = fraction * 100;
  const step = 10 ** -digits;
  const bounded = fraction < 1 && fraction > 0 ? Math.min(100 - step, Math.max(step, percent)) : percent;
  return `${bounded.toFixed(digits)} %`;
}

/** `1.2 s`, `48 s`, `3 min`, `2 h 5 min` */
export function formatDuration(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 90) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** As `formatDuration`, but still: half minutes and minutes, so that it can be read while it runs. */
export function formatLeft(ms: number): string {
  if (ms < 10_000) return 'a few seconds left';
  if (ms < 60_000) return `${Math.ceil(ms / 10_000) * 10} s left`;
  return `${formatDuration(Math.ceil(ms / 60_000) * 60_000)} left`;
}

/** `1.4 MB`, in thousands as file managers count. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let index = 0;
  while (value >= 1000 && index < SIZES.length - 1) {
    value /= 1000;
    index++;
  }
  return `${bytesWith(value < 10 && index > 0 ? 1 : 0).format(value)} ${SIZES[index]!}`;
}

/** A loss or another small number, to four digits behind the point. */
export const formatLoss = (value: number): string =>
  Number.isFinite(value) ? value.toFixed(4) : 'no number';

export const formatDate = (atMs: number): string => whenDone.format(atMs);
