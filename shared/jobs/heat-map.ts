import type { LeftOut } from './left-out.ts';
import type { RunView } from './run-view.ts';

/** Computes which parts of pictures count for which class. */
export interface HeatMapJob extends RunView {
  kind: 'heat-map';
  runDir: string;
  /** The project's, for pictures whose content (SHA-256) is given; null caches nothing. */
  cacheDir: string | null;
  pictures: { path: string; sha256: string | null }[];
}

/** The contribution of each cell of a picture to its logit. */
export interface HeatMap {
  path: string;
  /** The sum of the cells and of the contribution of the biases. */
  logit: number;
  /** `rows` × `columns` values, row by row over the whole picture; positive ones count for class 1. */
  cells: number[];
}

export interface HeatMapResult {
  kind: 'heat-map';
  classes: [string, string];
  threshold: number;
  rows: number;
  columns: number;
  maps: HeatMap[];
  leftOut: LeftOut[];
}
