import type { ErrorCode, Failure } from './errors.ts';
import type { Evaluation } from './metrics.ts';
import type { Progress } from './progress.ts';
import type { Recipe } from './recipe.ts';
import type { UnsureRule } from './unsure.ts';

/** The jobs of the training process, their results, and the messages of a job. */

export type Ms = number;
export type Label = 0 | 1;

/** The training, validation and test set. */
export const SPLITS = ['train', 'validation', 'test'] as const;
export type Split = (typeof SPLITS)[number];
/** The two sides into which training splits its pictures. */
export type TrainingSide = Exclude<Split, 'test'>;
/** The sets that a run can be evaluated on. */
export type EvaluatedSet = Exclude<Split, 'train'>;

/** A labelled picture. `split` is null if it is not set; training then decides. */
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
  /** In stored order, like everything else in this job and its reports. */
  classes: [string, string];
  /** The project's class order and threshold, for `run.json`. */
  shown: ModelView;
  recipe: Recipe;
  /** The run's pictures with their side of the split; none if the run is resumed and its folder lists them. */
  pictures: SplitPicture[];
  /** Paths of pictures that are skipped and reported because a test picture has the same content. */
  testCopies: string[];
  /**
   * Contents (SHA-256) of the test set, if the run's folder lists its pictures: those moved to the test set since the run
   * started are skipped and reported.
   */
  testSet: string[];
  /** Continue from the run's last checkpoint. */
  resume: boolean;
}

/** The class order and threshold of a project. */
export interface ModelView {
  /** The classes have been swapped: the saved heads predict the probability of class 0. */
  swapped: boolean;
  /** Names of class 0 and 1 in the order shown. */
  classes: [string, string];
  /** A probability of class 1 above it is class 1. */
  threshold: number;
}

/** A picture with the fold that it is predicted in, from 0. */
export interface FoldPicture extends LabelledPicture {
  fold: number;
}

/** Estimates by cross-validation how good a recipe is. */
export interface CrossValidateJob {
  kind: 'cross-validate';
  cacheDir: string;
  recipe: Recipe;
  /** At least 3: one is predicted, one decides which epoch is kept, the others are trained on. */
  folds: number;
  pictures: FoldPicture[];
}

/** A picture as it is predicted by a model that has seen nothing of its fold. */
export interface FoldScore {
  id: number;
  label: Label;
  /** From 0. */
  fold: number;
  /** Of class 1. */
  logit: number;
}

export interface CrossValidateResult {
  kind: 'cross-validate';
  scores: FoldScore[];
  leftOut: LeftOut[];
}

/** How a project shows one run. What is left out is as the run's own file says, as where its folder is used alone. */
export interface RunView {
  /** See `ModelView`. */
  swapped?: boolean;
  /** Its logits are divided by it. */
  temperature?: number;
}

export interface EvaluateJob extends RunView {
  kind: 'evaluate';
  runDir: string;
  cacheDir: string;
  on: Split;
  pictures: LabelledPicture[];
  /** A probability of class 1 above it is class 1. */
  threshold: number;
}

export interface PredictJob extends RunView {
  kind: 'predict';
  runDir: string;
  /** The project's labelled pictures, to note predicted ones that are unlike all of them; default: none. */
  known?: KnownPictures;
  files: string[];
}

/** Computes which parts of pictures count for which class. */
export interface HeatMapJob extends RunView {
  kind: 'heat-map';
  runDir: string;
  /** The project's, for pictures whose content (SHA-256) is given; null caches nothing. */
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

/** Export formats with a model. */
export const MODEL_FORMATS = ['tfjs', 'keras', 'savedmodel', 'onnx'] as const;
export type ModelFormat = (typeof MODEL_FORMATS)[number];

/** Adds the vectors of pictures to the index. */
export interface IndexJob {
  kind: 'index';
  /** Of the project. */
  cacheDir: string;
  model: IndexModel;
  /** Pictures that are not indexed. */
  pictures: { path: string; sha256: string }[];
}

/** The InceptionV3 weights and the preprocessing of an index. */
export interface IndexModel {
  weights: string;
  /** SHA-256 of the weights' values. */
  fingerprint: string;
  resize: Recipe['resize'];
  bits16: Recipe['bits16'];
}

/** Finds near-duplicates among pictures, and stores them in the cache; pictures that the index lacks are added to it. */
export interface DuplicatesJob {
  kind: 'duplicates';
  /** Of the project. */
  cacheDir: string;
  model: IndexModel;
  /** Pictures that were not compared yet, and those they are to be compared with. */
  pictures: { path: string; sha256: string }[];
}

/** Labelled pictures by their content (SHA-256), and the index that has their vectors. */
export interface KnownPictures {
  cacheDir: string;
  model: IndexModel;
  hashes: string[];
}

/** Gives labelled pictures a logit each by a head that did not train on them. */
export interface OutOfFoldJob {
  kind: 'out-of-fold';
  /** Of the project. */
  cacheDir: string;
  /** Folder for complete folds. */
  storeDir: string;
  recipe: Recipe;
  /** Epochs that each head is trained. */
  epochs: number;
  folds: number;
  pictures: TrainingPicture[];
}

export interface WriteExportJob extends RunView {
  kind: 'write-export';
  runDir: string;
  format: ModelFormat;
  /** Bits per kernel value; fewer than 32 only in TensorFlow.js. */
  bits: 32 | 16 | 8;
  /** Existing empty folder to write to. */
  dir: string;
}

/** Predicts pictures with an export, which is loaded from its files alone. */
export interface VerifyExportJob {
  kind: 'verify-export';
  format: ModelFormat;
  dir: string;
  size: number;
  resize: Recipe['resize'];
  bits16: Recipe['bits16'];
  files: string[];
}

/** Writes pictures to class folders. */
export interface WriteFoldersJob {
  kind: 'write-folders';
  dir: string;
  bits16: Recipe['bits16'];
  /** Links to the files instead of copies. */
  link: boolean;
  pictures: {
    path: string;
    sha256: string;
    /** Path below `dir`; if the picture must be converted, its extension becomes `.png`. */
    target: string;
  }[];
}

export type Job =
  | TrainJob
  | CrossValidateJob
  | EvaluateJob
  | PredictJob
  | HeatMapJob
  | FeaturesJob
  | IndexJob
  | DuplicatesJob
  | OutOfFoldJob
  | WriteExportJob
  | VerifyExportJob
  | WriteFoldersJob;

export type Stage =
  | 'loading'
  | 'features'
  | 'indexing'
  | 'comparing'
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
  /** Mean over the epoch's batches during training (with dropout), weighted by pictures, as in Keras. */
  loss: number;
  accuracy: number;
  valLoss: number;
  valAccuracy: number;
}

export interface Prediction {
  path: string;
  /** Probability of class 1, 0..1; null if the picture could not be read. */
  probability: number | null;
  error: string | null;
  /** It is farther from every labelled picture than 99% of those are from each other; left out where that is unknown. */
  unlike?: boolean;
}

/** A skipped picture, and why. */
export interface LeftOut {
  path: string;
  code: ErrorCode;
  message: string;
}

/** A labelled picture with its predicted probability of class 1, if there is one. */
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
  /** Epochs in total, also from before the run was resumed. */
  epochs: number;
  bestEpoch: number;
  valLoss: number;
  /** At the threshold of the evaluation. */
  valAccuracy: number;
  /** Of the best epoch, on the validation set, at the project's threshold. */
  evaluation: Evaluation;
  /** Of the readable validation pictures, by the best epoch. */
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
  /** Excluded test pictures, since the run was trained or validated on their content. */
  seen: number;
}

export interface PredictResult {
  kind: 'predict';
  classes: [string, string];
  /** The one in the run's folder. */
  threshold: number;
  /** As the run's file says. */
  unsure: UnsureRule | null;
  predictions: Prediction[];
}

/** The contribution of each cell of a picture to its logit. */
export interface HeatMap {
  path: string;
  /** The sum of the cells and of the contribution of the biases. */
  logit: number;
  /** `rows` × `columns` values, row by row over the whole picture; positive ones count for class 1. */
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
  /** Pictures that were indexed. */
  added: number;
  leftOut: LeftOut[];
}

export interface DuplicatesResult {
  kind: 'duplicates';
  /** Pictures that had not been compared before. */
  compared: number;
  leftOut: LeftOut[];
}

export interface OutOfFoldResult {
  kind: 'out-of-fold';
  /** Of class 1, one for each picture; null where it could not be read. */
  logits: (number | null)[];
  leftOut: LeftOut[];
}

export interface WriteExportResult {
  kind: 'write-export';
}

export interface VerifyExportResult {
  kind: 'verify-export';
  /** The runtime of the export, with versions. */
  runtime: string;
  /** Of class 1, one per file; null for those that could not be read. */
  probabilities: (number | null)[];
}

export interface WriteFoldersResult {
  kind: 'write-folders';
  /** The readable pictures. */
  written: { path: string; target: string; how: 'copied' | 'linked' | 'converted' }[];
  leftOut: LeftOut[];
}

export type JobResult =
  | TrainResult
  | CrossValidateResult
  | EvaluateResult
  | PredictResult
  | HeatMapResult
  | FeaturesResult
  | IndexResult
  | DuplicatesResult
  | OutOfFoldResult
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
  | { type: 'left-out'; leftOut: LeftOut }
  | { type: 'predicted'; predictions: Prediction[] }
  | { type: 'paused' }
  | { type: 'resumed' };

/** A picture of a job. */
export type JobPicture = Extract<Job, { pictures: unknown[] }>['pictures'][number];

/**
 * Messages to the job's process. `pictures` are sent in parts before `start`, whose job then has none. `stop` keeps the
 * best epoch, `cancel` keeps nothing, `received` acknowledges `done` or `failed`, after which the process ends.
 */
export type JobCommand =
  | { type: 'pictures'; jobId: string; pictures: readonly JobPicture[] }
  | { type: 'start'; jobId: string; job: Job }
  | { type: 'pause' | 'resume' | 'stop' | 'cancel' | 'received'; jobId: string };

/** Messages from the job's process. */
export type JobMessage =
  | { type: 'event'; jobId: string; event: JobEvent }
  | { type: 'done'; jobId: string; result: JobResult }
  | { type: 'failed'; jobId: string; error: Failure };
