import type { Interval } from './metrics.ts';
import type { Recipe } from './recipe.ts';

/** A layer of InceptionV3 and an input size, whose features might suit the pictures of a project. */
export type FeatureChoice = Pick<Recipe, 'cut' | 'size'>;

/** The tutorial's choice, earlier and later layers, and larger inputs. */
export const FEATURE_CHOICES: readonly FeatureChoice[] = [
  { cut: 'mixed5', size: 150 },
  { cut: 'mixed7', size: 150 },
  { cut: 'mixed10', size: 150 },
  { cut: 'mixed5', size: 224 },
  { cut: 'mixed7', size: 224 },
  { cut: 'mixed10', size: 224 },
  { cut: 'mixed7', size: 299 },
];

/** Labelled pictures a search looks at unless told otherwise: enough for an interval of about ± 1.5%. */
export const SEARCH_PICTURES = 2000;

/** How well a quick classifier does on one choice of features. */
export interface FeatureScore extends FeatureChoice {
  /** Of a linear classifier on pooled features, out of fold, with a 95% Wilson interval. */
  accuracy: Interval;
  /** Of the base on this machine, for one picture in a batch. */
  msPerPicture: number;
  isCurrent: boolean;
  /** Pictures that only the current choice gets right, and those that only this one does. */
  onlyCurrent: number;
  onlyThis: number;
  /** Two-sided p-value of McNemar's exact test against the current choice, 0..1. */
  p: number;
}

export interface RecipeSearch {
  /** How many labelled pictures were compared. */
  pictures: number;
  /** The most accurate first. */
  scores: FeatureScore[];
}
