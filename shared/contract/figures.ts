import { z } from 'zod';
import type { ProgressEvent } from '../jobs/messages.ts';
import { runIdSchema, thresholdSchema } from '../library/runs.ts';
import type { MetricIntervals } from '../metrics.ts';
import type { SetAccuracy } from '../overfitting-gap.ts';
import type { FoldTraining, OutOfFoldLogits, RunCalibration } from '../reliability.ts';
import { EVALUATED_SETS } from '../split.ts';
import { riskSchema, type UnsureProposal } from '../unsure.ts';
import { call, event } from './call.ts';
import { nothing } from './fields.ts';
import type { TaskState } from './task.ts';
import type { RunInfo } from './train.ts';

const guarantee = z.strictObject({ on: z.enum(EVALUATED_SETS), risk: riskSchema });

/** Figures of a run from its stored predictions and the current labels, and what they lead to. */
export const figureCalls = {
  /** Bootstrap intervals at a threshold; null where no such picture is labelled. */
  'figures.intervals': call(
    z.strictObject({ run: runIdSchema, on: z.enum(EVALUATED_SETS), threshold: thresholdSchema }),
  ).returns<MetricIntervals | null>(),
  /** Accuracy on the training, validation and test set at one threshold, from stored predictions and the current labels. */
  'figures.sets': call(z.strictObject({ run: runIdSchema, threshold: thresholdSchema })).returns<
    SetAccuracy[]
  >(),
  /** What the out-of-fold set of `figures.calibration` consists of; null where it is not computed. */
  'figures.outOfFold': call(z.strictObject({ run: runIdSchema })).returns<OutOfFoldLogits | null>(),
  'figures.calibration': call(z.strictObject({ run: runIdSchema })).returns<RunCalibration>(),
  /** Makes a temperature part of the run; 1 removes it. The run's probabilities change everywhere. */
  'figures.setTemperature': call(
    z.strictObject({ run: runIdSchema, temperature: z.number().min(0.01).max(100) }),
  ).returns<RunInfo>(),
  /** From which probabilities on the run could answer; null where it has no predictions for labelled pictures of the set. */
  'figures.unsure': call(guarantee.extend({ run: runIdSchema })).returns<UnsureProposal | null>(),
  /** Computes the rule again and makes it part of the run; null removes it. */
  'figures.setUnsure': call(
    z.strictObject({ run: runIdSchema, guarantee: guarantee.nullable() }),
  ).returns<RunInfo>(),
};

/** Out-of-fold predictions by heads that are trained like a run's. */
export const foldCalls = {
  /**
   * Trains the heads, see `FoldTraining`; complete folds are kept, so that it resumes where it was cancelled. Sends `folds.progress`. One at a
   * time, otherwise `busy`.
   */
  'folds.start': call(z.strictObject({ run: runIdSchema, training: z.enum(['as-run', 'quick']) })).returns<{
    pictures: number;
  }>(),
  /** The current computation, its run and how its heads are trained. */
  'folds.state': call(nothing).returns<
    (TaskState<ProgressEvent> & { run: string; training: FoldTraining }) | null
  >(),
  /** Like `folds.start` for the current computation; null without one. */
  'folds.result': call(nothing).returns<{ pictures: number } | null>(),
  'folds.cancel': call(nothing).returns<null>(),
};

export const foldEvents = {
  'folds.progress': event<ProgressEvent>(),
};
