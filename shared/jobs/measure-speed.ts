import type { LabelledPicture } from '../labelled-picture.ts';
import type { Recipe } from '../recipe.ts';
import type { TrainSpeed } from '../train-speed.ts';

/** Trains a head on some pictures for a moment, to measure the speed of this computer; nothing of it is kept. */
export interface MeasureSpeedJob {
  kind: 'measure-speed';
  /** Of the project. */
  cacheDir: string;
  /** With augmentation, so that features are computed for every picture. */
  recipe: Recipe;
  /** At least one. */
  pictures: LabelledPicture[];
}

export interface MeasureSpeedResult {
  kind: 'measure-speed';
  /** Null if too few pictures could be read. */
  speed: TrainSpeed | null;
}
