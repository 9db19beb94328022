import type { FeatureChoice } from '../recipe-search.ts';
import type { IndexModel } from './index-pictures.ts';
import type { LeftOut } from './left-out.ts';

/** Predicts labelled pictures out of fold from the features of several layers and input sizes. */
export interface RecipeSearchJob {
  kind: 'recipe-search';
  /** Of the project. */
  cacheDir: string;
  /** Weights and preprocessing. */
  model: IndexModel;
  choices: FeatureChoice[];
  seed: number;
  /** Pictures of one `group`, such as near-duplicates, are in one fold. */
  pictures: { path: string; sha256: string; label: 0 | 1; group: string }[];
}

export interface RecipeSearchResult {
  kind: 'recipe-search';
  /** SHA-256 of the pictures that could be read. */
  hashes: string[];
  /** One for each choice. */
  found: {
    /** Of class 1 for each of `hashes`, by a classifier that did not see it. */
    probabilities: number[];
    /** Median time of the base for one picture of a batch. */
    msPerPicture: number;
  }[];
  leftOut: LeftOut[];
}
