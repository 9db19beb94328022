import { z } from 'zod';
import type { Failure } from '../errors.ts';
import type { EpochMetrics } from '../jobs/train.ts';
import type { Evaluation, Interval } from '../metrics.ts';
import type { Recipe } from '../recipe.ts';
import type { Split } from '../split.ts';
import type { UnsureRule } from '../unsure.ts';

/** Probabilities of class 1 above the threshold are predicted as class 1. */
export const thresholdSchema = z.number().min(0).max(1);

export const runIdSchema = z.string().regex(/^r[1-9]\d{0,8}$/, 'Expected a run such as r1.');

export const RUN_STATUSES = ['running', 'done', 'stopped', 'failed', 'crashed'] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];

export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };

export interface RunRecord {
  /** `r1`, `r2`, …; never used twice in a project. */
  id: string;
  /** Chosen by the person; empty at first. */
  name: string;
  note: string;
  status: RunStatus;
  /** Null if it was written by a version with settings that this one does not know. */
  recipe: Recipe | null;
  /** SHA-256 of the base's weights; null until they were loaded. */
  weightsFingerprint: string | null;
  /**
   * SHA-256 of its pictures and their labels, and of their division unless the seed decided it; null until that is known, and
   * for runs of earlier versions.
   */
  dataFingerprint: string | null;
  /** Names of the project's classes now. */
  classes: [string, string];
  createdAtMs: number;
  finishedAtMs: number | null;
  bestEpoch: number | null;
  /** Its logits are divided by it; 1 where it was not calibrated. */
  temperature: number;
  /** Null: it answers every picture. */
  unsure: UnsureRule | null;
  /** The result of training. */
  metrics: JsonValue;
  /** Its evaluation on the test set, if there is one. */
  test: TestEvaluation | null;
  /** Why it failed or crashed. */
  error: Failure | null;
}

/** The evaluation of a run on the test set. */
export interface TestEvaluation {
  atMs: number;
  evaluation: Evaluation;
  /** Excluded test pictures, since the run was trained or validated on them. */
  seen: number;
  /** Test pictures that could not be read. */
  leftOut: number;
  /** Whether the test set has the same pictures with the same labels as then. */
  isCurrent: boolean;
}

export interface EpochRecord extends EpochMetrics {
  /** Loss of each batch in order; empty if not stored. */
  batchLosses: number[];
}

/** The accuracy of several runs on the validation pictures that they have in common. */
export interface CommonAccuracy {
  /** How many pictures these are. */
  common: number;
  /** Whether any of the runs was validated on other pictures as well. */
  differ: boolean;
  /** Of each run, in the given order; null without a common picture. */
  accuracies: (Interval | null)[];
}

/** How far a run has predicted the pictures outside the test set whose files are present and unchanged. */
export interface RunCoverage {
  predicted: number;
  total: number;
}

/** What a run predicts for many pictures. */
export interface RunPredictions {
  ids: Uint32Array;
  /** Of class 1, 0..1, one for each of `ids`. */
  probabilities: Float64Array;
}

/** A run's prediction for a picture. */
export interface RunPicture {
  id: number;
  split: Split | null;
  /** Of class 1, by the run's model. */
  probability: number | null;
  /** Of class 1, by a model that was not trained on this picture. */
  outOfSample: number | null;
}
