import type { UnsureRule } from '../unsure.ts';
import type { KnownPictures } from './index-pictures.ts';
import type { RunView } from './run-view.ts';

export interface PredictJob extends RunView {
  kind: 'predict';
  runDir: string;
  /** The project's labelled pictures, to note predicted ones that are unlike all of them; default: none. */
  known?: KnownPictures;
  files: string[];
}

export interface Prediction {
  path: string;
  /** Probability of class 1, 0..1; null if the picture could not be read. */
  probability: number | null;
  error: string | null;
  /** It is farther from every labelled picture than 99% of those are from each other; left out where that is unknown. */
  unlike?: boolean;
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
