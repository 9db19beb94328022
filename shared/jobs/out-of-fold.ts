import type { Grouped, TrainingPicture } from '../labelled-picture.ts';
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
  /**
   * Whether heads of a recipe with new augmentations in every epoch get these, which takes as long as training for each
   * fold; otherwise they are trained on cached features without augmentation.
   */
  augments: boolean;
  folds: number;
  pictures: Grouped<TrainingPicture>[];
}

export interface OutOfFoldResult {
  kind: 'out-of-fold';
  /** Of class 1, one for each picture; null where it could not be read. */
  logits: (number | null)[];
  leftOut: LeftOut[];
}
