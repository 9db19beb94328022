import { seededGenerator } from '../../support/random.ts';

/** The purposes of generators, so that the same seed gives independent numbers for each. */
const INITIAL_WEIGHTS = 1;
const DROPOUT = 2;
const UINT32 = 2 ** 32;

/**
 * Glorot's uniform initialisation, Keras' default for Dense kernels: ±√(6 / (inputs + outputs)).
 *
 * @returns values of one block after the other; `next(n)` gives the next n
 */
export function glorotUniform(
  seed: number,
  layer: number,
  inputs: number,
  outputs: number,
): (n: number) => Float32Array {
  const generator = seededGenerator(INITIAL_WEIGHTS, seed, layer);
  const limit = Math.sqrt(6 / (inputs + outputs));
  return (n) => {
    const values = new Float32Array(n);
    for (let index = 0; index < n; index++) {
      values[index] = (((generator.next() >>> 0) / UINT32) * 2 - 1) * limit;
    }
    return values;
  };
}

/**
 * A mask for inverted dropout: 0 with probability `rate`, else 1 / (1 - rate), so that evaluation needs no scaling.
 *
 * @param step number of the optimiser step, so that a resumed run draws the same masks as an uninterrupted one
 */
export function dropoutMask(
  seed: number,
  step: number,
  layer: number,
  size: number,
  rate: number,
): Float32Array {
  const generator = seededGenerator(DROPOUT, seed, step, layer);
  const limit = rate * UINT32;
  const kept = 1 / (1 - rate);
  const mask = new Float32Array(size);
  for (let index = 0; index < size; index++) mask[index] = generator.next() >>> 0 < limit ? 0 : kept;
  return mask;
}
