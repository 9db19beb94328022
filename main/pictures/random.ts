import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';

/** Draws a number in [0, 1). */
export type Random = () => number;

/**
 * The random numbers of one picture in one epoch. They depend on nothing else, so a run gives the same pictures however
 * its work is spread over threads and in whatever order.
 *
 * @param seed of the run, 0 to 2³² - 1
 * @param epoch number of the epoch, or of the variant where variants are kept
 * @param index the picture's number in the data set, the same in every epoch
 */
export function pictureRng(seed: number, epoch: number, index: number): Random {
  const state = [1, 2, 3, 4].map((word) => mix(mix(mix(mix(word) ^ seed) ^ epoch) ^ index));
  const generator = xoroshiro128plusFromState(state);
  return () => uniformFloat64(generator);
}

/** The finishing step of MurmurHash3: every bit of the input changes about half of the output. */
function mix(value: number): number {
  let hash = (value + 0x9e3779b9) | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
