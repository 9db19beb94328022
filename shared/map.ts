/**
 * How pictures are placed on the map. `pca`: along the two directions of largest variance, so that large distances are
 * meaningful. `umap`: neighbours stay together; distances between groups mean little.
 */
export const MAP_METHODS = ['pca', 'umap'] as const;
export type MapMethod = (typeof MAP_METHODS)[number];

/** What the colours of the map show: labels, suggestions beside them, or errors of the chosen run and of labels. */
export const MAP_COLOURS = ['label', 'suggestion', 'error'] as const;
export type MapColour = (typeof MAP_COLOURS)[number];

/** A map of fewer pictures would say nothing. */
export const FEWEST_ON_MAP = 3;

/** The pictures of a project as points. */
export interface PictureMap {
  method: MapMethod;
  /** Of the pictures on the map, ascending. */
  ids: Uint32Array;
  /** [ids, 2] x and y; no unit. */
  points: Float32Array;
  /** Shares of the variance along both axes of a PCA, 0..1; empty for UMAP. */
  explained: number[];
  /** Indexed pictures that are not on the map, since it is older than they are. */
  added: number;
}

/** What colours the points. */
export interface MapValues {
  /** Of all pictures, ascending. */
  ids: Uint32Array;
  /** 0 or 1, -1 for skipped and -2 for unlabelled pictures. */
  labels: Int8Array;
  /** Suggested probability of class 1; NaN where nothing is suggested. */
  probabilities: Float32Array;
}
