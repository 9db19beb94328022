import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { seededGenerator } from '../support/random.ts';

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
  const generator = seededGenerator(seed, epoch, index);
  return () => uniformFloat64(generator);
}
