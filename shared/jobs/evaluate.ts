import type { LabelledPicture, PictureScore } from '../labelled-picture.ts';
import type { Evaluation } from '../metrics.ts';
import type { Split } from '../split.ts';
import type { LeftOut } from './left-out.ts';
import type { RunView } from './run-view.ts';

export interface EvaluateJob extends RunView {
  kind: 'evaluate';
  runDir: string;
  cacheDir: string;
  on: Split;
  pictures: LabelledPicture[];
  /** A probability of class 1 above it is class 1. */
  threshold: number;
}

export interface EvaluateResult {
  kind: 'evaluate';
  evaluation: Evaluation;
  scores: PictureScore[];
  leftOut: LeftOut[];
  /** Excluded test pictures, since the run was trained or validated on their content. */
  seen: number;
}
