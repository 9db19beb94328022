import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { seededGenerator } from '../support/random.ts';

/**
 * The order of `count` pictures in an epoch: a Fisher-Yates shuffle that depends only on seed and epoch, so that a resumed
 * run continues exactly like an uninterrupted one.
 *
 * @returns a permutation of 0..count-1
 */
export function epochOrder(count: number, seed: number, epoch: number): Int32Array {
  const random = seededGenerator(seed, epoch);
  const order = Int32Array.from({ length: count }, (_, index) => index);
  for (let last = count - 1; last > 0; last--) {
    const other = uniformInt(random, 0, last);
    const kept = order[last]!;
    order[last] = order[other]!;
    order[other] = kept;
  }
  return order;
}

/** Divides a sequence into batches of `size`; the last one may be smaller, as in Keras. */
export function* batches<T>(items: ArrayLike<T>, size: number): Generator<T[]> {
  for (let start = 0; start < items.length; start += size) {
    yield Array.from({ length: Math.min(size, items.length - start) }, (_, index) => items[start + index]!);
  }
}
