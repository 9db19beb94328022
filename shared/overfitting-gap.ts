import { formatLoss, formatPercent, plural } from './format.ts';
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

/** Training minus validation accuracy, -1..1, with its 95% interval; null unless both sets have predicted pictures. */
export function overfittingGap(sets: readonly SetAccuracy[]): Interval | null {
  const [training, validation] = (['train', 'validation'] as const).map(
    (wanted) => sets.find(({ set }) => set === wanted)?.accuracy,
  );
  return training && validation ? differenceOf(training, validation) : null;
}

/** Labelled training pictures that the run has not predicted. */
export function unpredictedTraining(sets: readonly SetAccuracy[]): number {
  const training = sets.find(({ set }) => set === 'train');
  return training ? training.labelled - training.pictures : 0;
}

/** `3.2`, `−1.0`: percentage points of a difference of two proportions. */
export const formatPoints = (share: number): string =>
  (share * 100)
    .toFixed(1)
    .replace(/^-0\.0$/, '0.0')
    .replace('-', '−');

/** The overfitting gap as a sentence, also where it is not known. */
export function gapSentence(sets: readonly SetAccuracy[]): string {
  const gap = overfittingGap(sets);
  if (!gap)
    return 'Overfitting gap: not known, since training or validation pictures have no stored predictions.';
  const missing = unpredictedTraining(sets);
  return (
    `Overfitting gap: ${formatPoints(gap.value)} percentage points (${formatPoints(gap.low)} to ${formatPoints(gap.high)}), ` +
    'training minus validation accuracy, both with the current labels and without dropout and augmentation' +
    (missing > 0 ? `; ${plural(missing, 'training picture')} not predicted.` : '.')
  );
}

/** What training reported of the kept epoch, with the labels of that time, at a threshold of 0.5 and temperature 1. */
export interface TrainingReport {
  epoch: number;
  /** Means over the batches of the epoch, with dropout and augmentation, as Keras reports them. */
  training: { accuracy: number; loss: number };
  validation: { accuracy: number; loss: number };
}

/** @returns null if the run has no kept epoch */
export function trainingReport(
  { bestEpoch }: Pick<RunRecord, 'bestEpoch'>,
  epochs: readonly EpochMetrics[],
): TrainingReport | null {
  const kept = epochs.find(({ epoch }) => epoch === bestEpoch);
  if (!kept) return null;
  const { epoch, accuracy, loss, valAccuracy, valLoss } = kept;
  return { epoch, training: { accuracy, loss }, validation: { accuracy: valAccuracy, loss: valLoss } };
}

export function reportSentence({ epoch, training, validation }: TrainingReport): string {
  const figures = (one: TrainingReport['training']): string =>
    `accuracy ${formatPercent(one.accuracy)}, loss ${formatLoss(one.loss)}`;
  return (
    `As reported in training, at epoch ${epoch}, with the labels of that time and at a threshold of 50%: training ` +
    `${figures(training)}; validation ${figures(validation)}; training minus validation accuracy ` +
    `${formatPoints(training.accuracy - validation.accuracy)} percentage points. These training figures are means over the ` +
    'epoch, with dropout and augmentation.'
  );
}
