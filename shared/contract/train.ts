import { z } from 'zod';
import type { Failure } from '../errors.ts';
import type { JobEvent } from '../jobs/messages.ts';
import type { TrainResult } from '../jobs/train.ts';
import {
  runIdSchema,
  type CommonAccuracy,
  type EpochRecord,
  type RunPredictions,
  type RunRecord,
} from '../library/runs.ts';
import type { LiveRun } from '../live-run.ts';
import { recipeSchema } from '../recipe.ts';
import type { RunComparison } from '../run-comparison.ts';
import { SPLITS, type SplitCounts } from '../split.ts';
import type { MeasuredSpeed } from '../train-speed.ts';
import { call, event } from './call.ts';
import { nothing } from './fields.ts';

/** A run with what can be done with it. */
export interface RunInfo extends RunRecord {
  /** It has a trained head: it can predict and be exported. */
  canPredict: boolean;
  /** It can be resumed: it has a checkpoint and is not running. */
  canContinue: boolean;
}

/** Runs of one recipe with several random seeds, one after the other. */
export interface TrainSeries {
  total: number;
  /** Those that were started; the last is being trained. */
  runs: string[];
}

export const trainCalls = {
  'train.state': call(nothing).returns<LiveRun | null>(),
  /** How a new run would divide the labelled pictures. Fails with why they can't be trained on. */
  'train.split': call(z.strictObject({ recipe: recipeSchema })).returns<SplitCounts>(),
  /** How fast this computer trained the model of a recipe; null where it never did. */
  'train.speed': call(z.strictObject({ recipe: recipeSchema })).returns<MeasuredSpeed | null>(),
  /**
   * `train.speed`, measured now in some seconds where it is not known yet, on a few labelled pictures. `busy` while other work
   * runs, and if another job starts meanwhile; `missing-files` where no labelled picture can be read.
   */
  'train.measureSpeed': call(z.strictObject({ recipe: recipeSchema })).returns<MeasuredSpeed>(),
  /**
   * Starts a new run on the labelled pictures; returns once it is recorded. One at a time, otherwise `busy`. With `seeds`, as
   * many runs follow each other, which differ in the random seed; stopping one ends the series.
   */
  'train.start': call(
    z.strictObject({ recipe: recipeSchema, seeds: z.int().min(1).max(100).default(1) }),
  ).returns<RunInfo>(),
  /** The series that is being trained; null without one. */
  'train.series': call(nothing).returns<TrainSeries | null>(),
  /** Resumes the run from its last checkpoint, up to `epochs` in total if given. */
  'train.continue': call(
    z.strictObject({ run: runIdSchema, epochs: z.int().min(1).max(10_000).optional() }),
  ).returns<RunInfo>(),
  'train.pause': call(nothing).returns<null>(),
  'train.resume': call(nothing).returns<null>(),
  /** Ends after this batch and keeps the best epoch. */
  'train.stop': call(nothing).returns<null>(),
};

export const runCalls = {
  /** Latest first. */
  'runs.list': call(nothing).returns<RunInfo[]>(),
  'runs.rename': call(
    z.strictObject({ run: runIdSchema, name: z.string().trim().max(200) }),
  ).returns<RunInfo>(),
  'runs.note': call(z.strictObject({ run: runIdSchema, note: z.string().max(20_000) })).returns<RunInfo>(),
  /** Deletes the run and its folder. */
  'runs.delete': call(z.strictObject({ run: runIdSchema })).returns<null>(),
  'runs.epochs': call(z.strictObject({ run: runIdSchema })).returns<EpochRecord[]>(),
  /** Of runs with a model. */
  'runs.compare': call(
    z.strictObject({ runs: z.array(runIdSchema).min(2).max(100) }),
  ).returns<CommonAccuracy>(),
  /** Compares two runs on the validation pictures that both have; null if there are none. */
  'runs.versus': call(
    z.strictObject({ first: runIdSchema, second: runIdSchema }),
  ).returns<RunComparison | null>(),
  /** What a run predicts for the pictures of a set, labelled or not. */
  'runs.predictions': call(
    z.strictObject({ run: runIdSchema, on: z.enum(SPLITS) }),
  ).returns<RunPredictions>(),
};

export interface WeightsChoice {
  name: string;
  /** What they are, for people. */
  title: string;
  /** Whether `default` means these. */
  isDefault: boolean;
}

export const modelCalls = {
  /** The table Keras' `model.summary()` prints for a recipe. */
  'model.summary': call(z.strictObject({ recipe: recipeSchema })).returns<{
    text: string;
    totalParameters: number;
    trainableParameters: number;
    /** [height, width, channels] of one picture's features at the cut. */
    featureShape: number[];
  }>(),
  /** Names of the layers at which a recipe can cut the base, from the input on. */
  'model.cuts': call(nothing).returns<string[]>(),
  /** The available weights. */
  'model.weights': call(nothing).returns<WeightsChoice[]>(),
};

export const trainEvents = {
  /** All events of the training process, in order; up to about 15 batches a second. */
  'train.event': event<{ runId: string; event: JobEvent }>(),
  /** `error` if it failed; `run.canContinue` says whether it can be resumed. */
  'train.finished': event<{
    run: RunInfo;
    result: Omit<TrainResult, 'scores'> | null;
    error: Failure | null;
  }>(),
  /** A run of a series was started; null after the last, with why it ended early. */
  'train.seriesChanged': event<{ series: TrainSeries | null; error: Failure | null }>(),
  'runs.changed': event<null>(),
};
