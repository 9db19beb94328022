import { expect, test } from 'vitest';
import {
  formatBytes,
  formatDuration,
  formatInterval,
  formatLeft,
  formatPercent,
  formatUtc,
  plural,
} from '../../shared/format.ts';

test('counts have thousands and their noun', () => {
  expect(plural(1, 'picture')).toBe('1 picture');
  expect(plural(2000, 'picture')).toBe('2,000 pictures');
  expect(plural(0, 'not a picture', 'not pictures')).toBe('0 not pictures');
});

test('a share is 0% or 100% only where it is exactly that', () => {
  expect([0, 0.00001, 0.5, 0.88, 0.99999, 1].map((share) => formatPercent(share))).toEqual([
    '0.0%',
    '0.1%',
    '50.0%',
    '88.0%',
    '99.9%',
    '100.0%',
  ]);
  expect(formatPercent(0.999, 0)).toBe('99%');
  expect(formatInterval({ value: 0.9234, low: 0.88, high: 0.952 })).toBe('92.3% (88.0% to 95.2%)');
});

test('sizes are in thousands, with a decimal where they are small', () => {
  expect([512, 3400, 88_000_000, 2.04e9].map(formatBytes)).toEqual(['512 bytes', '3.4 kB', '88 MB', '2 GB']);
});

test('durations are rounded more coarsely as they grow', () => {
  expect([950, 48_000, 75_000, 180_000, 7_500_000].map(formatDuration)).toEqual([
    '0.9 s',
    '48 s',
    '75 s',
    '3 min',
    '2 h 5 min',
  ]);
  expect([4000, 31_000, 61_000].map((ms) => formatLeft(ms))).toEqual([
    'a few seconds left',
    '40 s left',
    '2 min left',
  ]);
  expect(formatLeft(61_000, true)).toBe('up to 2 min left');
});

test('a point in time is written in UTC', () => {
  expect(formatUtc(Date.UTC(2026, 10, 27, 21, 58, 59))).toBe('2026-11-27 21:58');
});
