import type { Grouped, Label, LabelledPicture } from '../labelled-picture.ts';
import type { Recipe } from '../recipe.ts';
import type { LeftOut } from './left-out.ts';

/** Estimates by cross-validation how good a recipe is. */
export interface CrossValidateJob {
  kind: 'cross-validate';
  cacheDir: string;
  recipe: Recipe;
  /** 3 to the number of groups of the smaller class: one is predicted, one decides which epoch is kept, the others are trained on. */
  folds: number;
  pictures: Grouped<LabelledPicture>[];
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
