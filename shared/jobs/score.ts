import type { LeftOut } from './left-out.ts';
import type { RunView } from './run-view.ts';

/** Predicts pictures of a project with a saved run, for lists of all its pictures. */
export interface ScoreJob extends RunView {
  kind: 'score';
  runDir: string;
  cacheDir: string;
  pictures: ScoredContent[];
}

/** What a prediction needs of a picture of the project. */
export interface ScoredContent {
  id: number;
  path: string;
  sha256: string;
}

export interface PredictedPicture {
  id: number;
  /** Of class 1, 0..1. */
  probability: number;
}

export interface ScoreResult {
  kind: 'score';
  predicted: number;
  leftOut: LeftOut[];
}
