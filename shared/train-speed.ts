import type { Recipe } from './recipe.ts';
import type { Ms } from './progress.ts';

/** How fast a machine trains a model, measured in a run; per picture unless said otherwise. */
export interface TrainSpeed {
  /** Decoding, augmenting and passing through the base; null if too few were computed to tell. */
  featuresMs: Ms | null;
  /** Reading cached features and predicting them with the head. */
  readMs: Ms;
  /** A step of the optimiser. */
  stepMs: Ms;
  /** Everything else of a whole run: starting, loading TensorFlow, saving, evaluating. */
  otherMs: Ms;
}

/** What a speed was measured in: a whole run, or a short sample before the first one, without saving. */
export type MeasuredIn = 'run' | 'sample';
export interface MeasuredSpeed extends TrainSpeed {
  measuredIn: MeasuredIn;
}

/**
 * How long a run takes by a measured speed, if it computes all features: at most that where some are cached, or where early
 * stopping ends it.
 *
 * @param pictures of both sides of the split
 * @returns null where the speed does not tell
 */
export function expectedMs(
  { epochs, augmentation: { enabled, variants } }: Recipe,
  { featuresMs, readMs, stepMs, otherMs }: TrainSpeed,
  pictures: { train: number; validation: number },
): Ms | null {
  if (featuresMs === null) return null;
  const { train, validation } = pictures;
  const augmented = !enabled ? 0 : variants === 0 ? epochs : Math.min(epochs, variants);
  const computed = validation + (enabled ? augmented : 1) * train;
  const read = epochs * validation + (epochs - augmented) * train;
  return otherMs + computed * featuresMs + read * readMs + epochs * train * stepMs;
}
