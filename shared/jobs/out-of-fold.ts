import type { TrainingPicture } from '../labelled-picture.ts';
import type { Recipe } from '../recipe.ts';
import type { LeftOut } from './left-out.ts';

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

export interface OutOfFoldResult {
  kind: 'out-of-fold';
  /** Of class 1, one for each picture; null where it could not be read. */
  logits: (number | null)[];
  leftOut: LeftOut[];
}
