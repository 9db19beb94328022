import type { Recipe } from '../recipe.ts';
import type { LeftOut } from './left-out.ts';

/** Adds the vectors of pictures to the index. */
export interface IndexJob {
  kind: 'index';
  /** Of the project. */
  cacheDir: string;
  model: IndexModel;
  /** Pictures that are not indexed. */
  pictures: { path: string; sha256: string }[];
}

/** The InceptionV3 weights and the preprocessing of an index. */
export interface IndexModel {
  weights: string;
  /** SHA-256 of the weights' values. */
  fingerprint: string;
  resize: Recipe['resize'];
  bits16: Recipe['bits16'];
}

/** Labelled pictures by their content (SHA-256), and the index that has their vectors. */
export interface KnownPictures {
  cacheDir: string;
  model: IndexModel;
  hashes: string[];
}

export interface IndexResult {
  kind: 'index';
  /** Pictures that were indexed. */
  added: number;
  leftOut: LeftOut[];
}
