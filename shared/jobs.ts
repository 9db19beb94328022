import type { ErrorCode, Failure } from './errors.ts';
import type { Evaluation } from './metrics.ts';
import type { Progress } from './progress.ts';
import type { Recipe } from './recipe.ts';

/** What the training process is asked to do and what it answers: a closed union, data only, every message with its job. */

export type Ms = number;
export type Label = 0 | 1;

/** What a picture is for: to train on, to validate each epoch with, or to test a finished run with. */
export const SPLITS = ['train', 'validation', 'test'] as const;
export type Split = (typeof SPLITS)[number];
/** What training divides its pictures into; it never sees the test set. */
export type TrainingSide = Exclude<Split, 'test'>;
/** The sets that a run can be evaluated on. */
export type EvaluatedSet = Exclude<Split, 'train'>;

/** A labelled picture. `split` is null where nobody has set it: training then decides. */
export interface LabelledPicture {
  id: number;
  path: string;
  sha256: string;
  label: Label;
  split: Split | null;
}

/** A labelled picture that training may use. */
export type TrainingPicture = LabelledPicture & { split: TrainingSide | null };

/** A labelled picture whose side of the split is decided. */
export type SplitPicture = LabelledPicture & { split: TrainingSide };

export interface TrainJob {
  kind: 'train';
  /** Folder of this run; config, checkpoint, head and metrics are written here. */
  runDir: string;
  /** The project's cache folder (pixels, features). */
  cacheDir: string;
  /** Everything in this job and in what it reports is in the order the classes are stored in. */
  classes: [string, string];
  /** Whether the project shows the classes in the other order, and its threshold: what `run.json` must say. */
  shown: ModelView;
  recipe: Recipe;
  /** The run's pictures with their side of the split; none where the run is resumed and its folder lists them. */
  pictures: SplitPicture[];
  /** Paths of pictures that are not trained on because a test picture has the same content: the result reports them. */
  testCopies: string[];
  /**
   * Contents (SHA-256) of the test set, where the run's folder lists its pictures: those that were moved to the test set
   * since the run started are skipped and reported.
   */
  testSet: string[];
  /** Continue from the run's last checkpoint. */
  resume: boolean;
}

/** How a project shows what its runs' heads say. */
export interface ModelView {
  /** The classes have changed places: class 1 is the one whose probability the saved head does not give. */
  swapped: boolean;
  /** A probability of class 1 above it is class 1. */
  threshold: number;
}

export interface EvaluateJob {
  kind: 'evaluate';
  runDir: string;
  /** See `ModelView`; left out: as the run's own file says. */
  swapped?: boolean;
  cacheDir: string;
  on: Split;
  pictures: LabelledPicture[];
  /** A probability of class 1 above it is class 1. */
  threshold: number;
}

export interface PredictJob {
  kind: 'predict';
  runDir: string;
  /** See `ModelView`; left out where the run's folder is used alone: as its own file says. */
  swapped?: boolean;
  files: string[];
}

/** Computes which parts of pictures speak for which class. */
export interface HeatMapJob {
  kind: 'heat-map';
  runDir: string;
  /** See `ModelView`; left out where the run's folder is used alone: as its own file says. */
  swapped?: boolean;
  /** The project's, for pictures whose content (SHA-256) is given; null keeps nothing. */
  cacheDir: string | null;
  pictures: { path: string; sha256: string | null }[];
}

export interface FeaturesJob {
  kind: 'features';
  files: string[];
  weights: string;
  cut: string;
  size: number;
  resize: Recipe['resize'];
  bits16: Recipe['bits16'];
  /** `.npy` file to write: float32, C order, [files, ...feature shape]. */
  out: string;
}

/** Formats that hold the model. */
export const MODEL_FORMATS = ['tfjs', 'keras', 'savedmodel', 'onnx'] as const;
export type ModelFormat = (typeof MODEL_FORMATS)[number];

/** Adds pictures to the index: the vectors by which they are compared with each other. */
export interface IndexJob {
  kind: 'index';
  /** Of the project. */
  cacheDir: string;
  model: IndexModel;
  /** Pictures that the index lacks. */
  pictures: { path: string; sha256: string }[];
}

/** What an index is made with: weights of InceptionV3, and how a picture becomes pixels. */
export interface IndexModel {
  weights: string;
  /** SHA-256 of the weights' values. */
  fingerprint: string;
  resize: Recipe['resize'];
  bits16: Recipe['bits16'];
}

export interface WriteExportJob {
  kind: 'write-export';
  runDir: string;
  /** See `ModelView`; left out: as the run's own file says. */
  swapped?: boolean;
  format: ModelFormat;
  /** Bits a kernel's value takes; fewer than 32 only in TensorFlow.js. */
  bits: 32 | 16 | 8;
  /** Folder to write into; it is there and empty. */
  dir: string;
}

/** Asks an export about pictures. It is loaded from its files alone, so the process must be a fresh one. */
export interface VerifyExportJob {
  kind: 'verify-export';
  format: ModelFormat;
  dir: string;
  size: number;
  resize: Recipe['resize'];
  bits16: Recipe['bits16'];
  files: string[];
}

/** Puts pictures into class folders. */
export interface WriteFoldersJob {
  kind: 'write-folders';
  dir: string;
  bits16: Recipe['bits16'];
  /** Links to the files instead of copies. */
  link: boolean;
  pictures: {
    path: string;
    sha256: string;
    /** Where it goes, below `dir`; of a picture that must be converted the ending becomes `.png`. */
    target: string;
  }[];
}

export type Job =
  | TrainJob
  | EvaluateJob
  | PredictJob
  | HeatMapJob
  | FeaturesJob
  | IndexJob
  | WriteExportJob
  | VerifyExportJob
  | WriteFoldersJob;

export type Stage =
  | 'loading'
  | 'features'
  | 'indexing'
  | 'training'
  | 'validating'
  | 'saving'
  | 'predicting'
  | 'explaining'
  | 'writing'
  | 'checking';

export interface EpochMetrics {
  /** From 1. */
  epoch: number;
  durationMs: Ms;
  /** Mean over the epoch's batches while training (dropout on), weighted by pictures, as Keras prints it. */
  loss: number;
  accuracy: number;
  valLoss: number;
  valAccuracy: number;
}

export interface Prediction {
  path: string;
  /** Probability of class 1, 0..1; null where the picture could not be read. */
  probability: number | null;
  error: string | null;
}

/** A picture that took no part, and why. */
export interface LeftOut {
  path: string;
  code: ErrorCode;
  message: string;
}

/** A labelled picture with what the model says of it; null where it was not asked. */
export interface PictureScore {
  id: number;
  split: Split;
  label: Label;
  probability: number | null;
}

export type TrainEnd = 'completed' | 'stopped' | 'early-stopped' | 'diverged';

export interface TrainResult {
  kind: 'train';
  end: TrainEnd;
  /** Epochs trained in total, over all resumptions. */
  epochs: number;
  bestEpoch: number;
  valLoss: number;
  valAccuracy: number;
  /** Of the best epoch, on the validation pictures. */
  evaluation: Evaluation;
  /** Of the validation pictures that could be read, by the best epoch. */
  scores: PictureScore[];
  counts: { train: [number, number]; validation: [number, number] };
  leftOut: LeftOut[];
  weightsFingerprint: string;
  /** Highest resident memory of the process, in bytes. */
  peakMemoryBytes: number;
}

export interface EvaluateResult {
  kind: 'evaluate';
  evaluation: Evaluation;
  scores: PictureScore[];
  leftOut: LeftOut[];
  /** Test pictures that do not count, since the run was trained or validated on their content. */
  seen: number;
}

export interface PredictResult {
  kind: 'predict';
  classes: [string, string];
  /** The one that the run's file carries. */
  threshold: number;
  predictions: Prediction[];
}

/** How much each cell of a picture adds to its logit. */
export interface HeatMap {
  path: string;
  /** The cells add up to it but for the part of the biases. */
  logit: number;
  /** `rows` × `columns` values, row by row over the whole picture; positive speaks for class 1. */
  cells: number[];
}

export interface HeatMapResult {
  kind: 'heat-map';
  classes: [string, string];
  threshold: number;
  rows: number;
  columns: number;
  maps: HeatMap[];
  leftOut: LeftOut[];
}

export interface FeaturesResult {
  kind: 'features';
  shape: number[];
  files: string[];
  leftOut: LeftOut[];
}

export interface IndexResult {
  kind: 'index';
  /** Pictures that were added. */
  added: number;
  leftOut: LeftOut[];
}

export interface WriteExportResult {
  kind: 'write-export';
}

export interface VerifyExportResult {
  kind: 'verify-export';
  /** What ran the export, with versions. */
  runtime: string;
  /** Of class 1, one a file; null where the picture could not be read. */
  probabilities: (number | null)[];
}

export interface WriteFoldersResult {
  kind: 'write-folders';
  /** One for each picture that could be read. */
  written: { path: string; target: string; how: 'copied' | 'linked' | 'converted' }[];
  leftOut: LeftOut[];
}

export type JobResult =
  | TrainResult
  | EvaluateResult
  | PredictResult
  | HeatMapResult
  | FeaturesResult
  | IndexResult
  | WriteExportResult
  | VerifyExportResult
  | WriteFoldersResult;
export type ResultOf<J extends Job> = Extract<JobResult, { kind: J['kind'] }>;

/** Progress of a stage, in pictures; of the whole run while training. */
export interface ProgressEvent extends Progress {
  type: 'progress';
  stage: Stage;
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
  /** Epoch of the head that is saved now; a short epoch is saved together with later ones. */
  savedEpoch: number;
}

export type JobEvent =
  | ProgressEvent
  | { type: 'split'; counts: TrainResult['counts'] }
  | BatchEvent
  | EpochEvent
  | { type: 'left-out'; leftOut: LeftOut }
  | { type: 'predicted'; predictions: Prediction[] }
  | { type: 'paused' }
  | { type: 'resumed' };

/** A picture of any job that has some. */
export type JobPicture = Extract<Job, { pictures: unknown[] }>['pictures'][number];

/**
 * Into the job's process. `pictures` come in parts before `start`, whose job then has none. `stop` keeps the best epoch,
 * `cancel` gives the job up, `received` acknowledges `done` or `failed`: the process then ends.
 */
export type JobCommand =
  | { type: 'pictures'; jobId: string; pictures: readonly JobPicture[] }
  | { type: 'start'; jobId: string; job: Job }
  | { type: 'pause' | 'resume' | 'stop' | 'cancel' | 'received'; jobId: string };

/** Out of the job's process. */
export type JobMessage =
  | { type: 'event'; jobId: string; event: JobEvent }
  | { type: 'done'; jobId: string; result: JobResult }
  | { type: 'failed'; jobId: string; error: Failure };
