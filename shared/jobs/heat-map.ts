import type { HeatMap } from '../heat-map.ts';
import type { LeftOut } from './left-out.ts';
import type { RunView } from './run-view.ts';

/** Computes which parts of pictures are evidence for which class. */
export interface HeatMapJob extends RunView {
  kind: 'heat-map';
  runDir: string;
  /** The project's, for pictures whose content (SHA-256) is given; null caches nothing. */
  cacheDir: string | null;
  pictures: HeatMapPicture[];
}

export interface HeatMapPicture {
  path: string;
  sha256: string | null;
}

export interface HeatMapResult {
  kind: 'heat-map';
  classes: [string, string];
  threshold: number;
  /** Version of TensorFlow. */
  tensorflow: string;
  /** Of the readable pictures. */
  maps: (HeatMap & { path: string })[];
  leftOut: LeftOut[];
}

/** Keeps a run loaded and computes the heat maps of the pictures that it is asked for, until it is stopped. */
export interface HeatMapsJob extends RunView {
  kind: 'heat-maps';
  runDir: string;
  /** As of `HeatMapJob`. */
  cacheDir: string | null;
}

/** Asks a running `HeatMapsJob` for a map. Answered by a `heat-map` event with the same number. */
export interface HeatMapQuestion {
  number: number;
  picture: HeatMapPicture;
}

export interface HeatMapsResult {
  kind: 'heat-maps';
}
