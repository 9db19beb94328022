import type { Filter } from './formats/format.ts';

/** Weights of an output come in multiples of this. */
export const TAPS = 4;

const known = new WeakMap<Filter, Int32Array>();

/**
 * The coefficients of a filter as the vector code reads them (scripts/jpeg/resize.c): each as high * 2048 + low, and of
 * two neighbours k and k + 1 first both high parts, then both low parts, as 16-bit numbers.
 *
 * @returns [target, `widest` rounded up to a multiple of `TAPS`], padded with 0
 */
export function packed(filter: Filter): Int32Array {
  const before = known.get(filter);
  if (before) return before;
  const { starts, coefficients, widest } = filter;
  const taps = Math.ceil(widest / TAPS) * TAPS;
  const weights = new Int32Array(starts.length * taps);
  for (let i = 0; i < starts.length; i++) {
    for (let k = 0; k < widest; k += 2) {
      const first = coefficients[i * widest + k]!;
      const second = k + 1 < widest ? coefficients[i * widest + k + 1]! : 0;
      weights[i * taps + k] = (first >> 11) | ((second >> 11) << 16);
      weights[i * taps + k + 1] = (first & 2047) | ((second & 2047) << 16);
    }
  }
  known.set(filter, weights);
  return weights;
}
