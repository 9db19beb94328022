import type { Failure, Result } from '../errors.ts';
import type { HeatMap } from '../heat-map.ts';
import type { Progress } from '../progress.ts';
import type { TrainSpeed } from '../train-speed.ts';
import type { HeatMapQuestion } from './heat-map.ts';
import type { Job, JobPicture, JobResult } from './job.ts';
import type { LeftOut } from './left-out.ts';
import type { Prediction } from './predict.ts';
import type { PredictedPicture } from './score.ts';
import type { EpochMetrics, TrainResult } from './train.ts';

/** The messages of a job. */

export type Stage =
  | 'loading'
  | 'features'
  | 'indexing'
  | 'comparing'
  | 'mapping'
  | 'training'
  | 'validating'
  | 'saving'
  | 'predicting'
  | 'explaining'
  | 'writing'
  | 'checking';

/** Progress of a stage, in pictures; of the whole run while training. */
export interface ProgressEvent extends Progress {
  type: 'progress';
  stage: Stage;
  /** The time left is the most it can be: early stopping may end the run before. */
  isLimit?: boolean;
}

export interface BatchEvent {
  type: 'batch';
  epoch: number;
  /** From 1. */
  batch: number;
  batches: number;
  /** Mean over the epoch so far. */
  loss: number;
  accuracy: number;
  /** Of this batch alone. */
  batchLoss: number;
}

export interface EpochEvent extends EpochMetrics {
  type: 'epoch';
  /** Whether its validation loss is the lowest so far. */
  best: boolean;
  /** Epoch of the saved head; after short epochs it is saved later. */
  savedEpoch: number;
}

export type JobEvent =
  | ProgressEvent
  | { type: 'split'; counts: TrainResult['counts'] }
  /** A fold of a cross-validation, from 1, is predicted. */
  | { type: 'fold'; fold: number; folds: number; epochs: number; bestEpoch: number }
  | BatchEvent
  | EpochEvent
  /** How fast a whole run was. */
  | { type: 'speed'; speed: TrainSpeed }
  | { type: 'left-out'; leftOut: LeftOut }
  | { type: 'predicted'; predictions: Prediction[] }
  | { type: 'scored'; scores: PredictedPicture[] }
  /** The answer to a question, by its number. */
  | { type: 'heat-map'; number: number; answer: Result<HeatMap> }
  | { type: 'paused' }
  | { type: 'resumed' };

/**
 * Messages to the job's process. `pictures` are sent in parts before `start`, whose job then has none. `stop` keeps the
 * best epoch, `cancel` keeps nothing, `ask` asks a job that answers questions, `received` acknowledges `done` or `failed`, after which the process ends.
 */
export type JobCommand =
  | { type: 'pictures'; jobId: string; pictures: readonly JobPicture[] }
  | { type: 'start'; jobId: string; job: Job }
  | { type: 'ask'; jobId: string; question: HeatMapQuestion }
  | { type: 'pause' | 'resume' | 'stop' | 'cancel' | 'received'; jobId: string };

/** Some rows of a list in a job's result, which is sent in pages because it is long. */
export interface ResultPage {
  /** Name of the list in the result. */
  field: string;
  rows: readonly unknown[];
}

/** Messages from the job's process. Pages are sent in order before `done`, whose result then has empty lists for them. */
export type JobMessage =
  | { type: 'event'; jobId: string; event: JobEvent }
  | { type: 'page'; jobId: string; page: ResultPage }
  | { type: 'done'; jobId: string; result: JobResult }
  | { type: 'failed'; jobId: string; error: Failure };
