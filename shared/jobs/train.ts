import type { PictureScore, SplitPicture } from '../labelled-picture.ts';
import type { Evaluation } from '../metrics.ts';
import type { Ms } from '../progress.ts';
import type { Recipe } from '../recipe.ts';
import type { LeftOut } from './left-out.ts';
import type { ModelView } from './run-view.ts';

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
