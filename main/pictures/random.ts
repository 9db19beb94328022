import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { seededGenerator } from '../support/random.ts';

/** Draws a number in [0, 1). */
export type Random = () => number;

/**
 * The random numbers of one picture in one epoch. They depend only on the arguments, so that the order of work and the
 * number of threads do not matter.
 *
 * @param seed seed of the run, 0 to 2³² - 1
 * @param epoch number of the epoch, or of the variant if variants are cached
 * @param index number of the picture in the data set, the same in every epoch
 */
export function pictureRng(seed: number, epoch: number, index: number): Random {
  const generator = seededGenerator(seed, epoch, index);
  return () => uniformFloat64(generator);
}
