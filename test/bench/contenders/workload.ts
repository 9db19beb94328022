import { pictureRng } from '../../../main/pictures/random.ts';

/** The tutorial's sizes, on which every contender works. */
export const BATCH = 20;
export const SIZE = 150;
/** Of mixed7: 7 × 7 × 768. */
export const FEATURES = 37_632;
export const UNITS = 1024;
export const LEARNING_RATE = 1e-4;

/** [count] of uniform random numbers, 0..1, the same for the same seed. */
function uniform(count: number, seed: number): Float32Array<ArrayBuffer> {
  const random = pictureRng(seed, 0, 0);
  return Float32Array.from({ length: count }, () => random());
}

/** A batch as the head takes it: features like those behind a ReLU, about half of them zero, and labels 0 and 1 in turn. */
export function headData(): { features: Float32Array<ArrayBuffer>; labels: Float32Array<ArrayBuffer> } {
  const features = uniform(BATCH * FEATURES, 1).map((value) => Math.max(0, value - 0.5));
  return { features, labels: Float32Array.from({ length: BATCH }, (_, index) => index % 2) };
}

/** A batch of pictures, [BATCH, SIZE, SIZE, 3] in 0..1. */
export function pixels(): Float32Array<ArrayBuffer> {
  return uniform(BATCH * SIZE * SIZE * 3, 2);
}
