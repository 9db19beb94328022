import type { Interval } from './metrics.ts';

/** A bin of the reliability diagram: pictures with a probability of class 1 above `from` and up to `to`. */
export interface ReliabilityBin {
  from: number;
  to: number;
  count: number;
  /** Mean probability of class 1; null if the bin is empty, as is `observed`. */
  predicted: number | null;
  /** The share of class 1, with its 95% Wilson interval. */
  observed: Interval | null;
}

/**
 * Index of a probability's bin among `bins` of equal width. Bins are right-closed, as in scikit-learn.
 */
export const binOf = (probability: number, bins: number): number =>
  Math.min(bins - 1, Math.max(0, Math.ceil(probability * bins) - 1));

/** How well calibrated the probabilities of some pictures are. */
export interface CalibrationFigures {
  /** Expected calibration error over 10 bins, with its bootstrap interval. */
  calibrationError: Interval;
  /** Mean cross-entropy. */
  loss: number;
  bins: ReliabilityBin[];
}

/** A temperature that was fitted for a run. */
export interface TemperatureFit {
  /** Logits are divided by it. */
  temperature: number;
  fittedOn: 'out-of-fold' | 'validation';
  /** Number of pictures it was fitted on. */
  fittedPictures: number;
  /** Validation pictures whose predicted class would differ from that at temperature 1, at the project's threshold. */
  changed: number;
}

/** Calibration on pictures that the run, or a head like its own, was not trained on. */
export interface CalibratedSet {
  on: 'out-of-fold' | 'validation';
  pictures: number;
  /** At temperature 1. */
  before: CalibrationFigures;
  /** At the fitted temperature; null if there is none. */
  after: CalibrationFigures | null;
}

/** Labelled pictures with the logits of class 1 by heads that were not trained on them, at temperature 1. */
export interface OutOfFoldLogits {
  ids: Uint32Array;
  /** One for each of `ids`. */
  logits: Float64Array;
}

/** The calibration of a run. */
export interface RunCalibration {
  /** The temperature that the run has now; 1 for none. */
  applied: number;
  fit: TemperatureFit | null;
  /** Why no temperature can be fitted; null if one is. */
  refusal: string | null;
  /** The out-of-fold pictures first, where they are known. Sets without pictures are not among them. */
  sets: CalibratedSet[];
  /** `known`: computed for these pictures and labels. `unknown`: can be computed. */
  outOfFold: 'known' | 'unknown';
  /** Whether heads of folds get new augmentations in every epoch, as the run did, which takes longer. */
  augments: boolean;
}

/**
 * How heads of folds are trained where the run had new augmentations in every epoch: `as-run`, with these, so that each
 * fold takes about as long as training; or `quick`, on cached features without augmentation. The same for other runs.
 */
export type FoldTraining = 'as-run' | 'quick';
