import type { EpochMetrics } from './jobs/train.ts';
import type { RunRecord } from './library/runs.ts';
import type { Interval } from './metrics.ts';
import type { Split } from './split.ts';

/** Accuracy of a run on one of its sets, from stored predictions: without dropout and augmentation, with the current labels. */
export interface SetAccuracy {
  set: Split;
  /** Null without predicted pictures. */
  accuracy: Interval | null;
  /** Labelled pictures of the set that the run has predicted. */
  pictures: number;
  /** Labelled pictures of the set. */
  labelled: number;
}

/**
 * A difference of two independent proportions with its 95% interval, by Newcombe's method of hybrid scores (1998, number
 * 10), from the Wilson intervals of both.
 *
 * @returns all in -1..1
 */
export function differenceOf(first: Interval, second: Interval): Interval {
  const value = first.value - second.value;
  return {
    value,
    low: value - Math.hypot(first.value - first.low, second.high - second.value),
    high: value + Math.hypot(first.high - first.value, second.value - second.low),
  };
}

/** How much better a run is on its training set than on its validation set, at the kept epoch. */
export interface OverfittingGap {
  epoch: number;
  /** Means over the batches of the epoch, with dropout and augmentation, as Keras reports them. */
  training: { accuracy: number; loss: number };
  validation: { accuracy: number; loss: number };
  /** Training accuracy minus validation accuracy, -1..1; dropout and augmentation can make it negative. */
  accuracy: number;
  /** Validation loss minus training loss. */
  loss: number;
}

/** @returns null if the run has no kept epoch */
export function overfittingGap(
  { bestEpoch }: Pick<RunRecord, 'bestEpoch'>,
  epochs: readonly EpochMetrics[],
): OverfittingGap | null {
  const kept = epochs.find(({ epoch }) => epoch === bestEpoch);
  if (!kept) return null;
  const { epoch, accuracy, loss, valAccuracy, valLoss } = kept;
  return {
    epoch,
    training: { accuracy, loss },
    validation: { accuracy: valAccuracy, loss: valLoss },
    accuracy: accuracy - valAccuracy,
    loss: valLoss - loss,
  };
}
