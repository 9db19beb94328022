import type { Recipe } from '../recipe.ts';
import type { LeftOut } from './left-out.ts';

export interface FeaturesJob {
  kind: 'features';
  files: string[];
  weights: string;
  cut: string;
  size: number;
  resize: Recipe['resize'];
  bits16: Recipe['bits16'];
  /** `.npy` file to write: float32, C order, [files, ...feature shape]. */
  out: string;
}

export interface FeaturesResult {
  kind: 'features';
  shape: number[];
  files: string[];
  leftOut: LeftOut[];
}
