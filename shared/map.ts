/**
 * How pictures are placed on the map. `pca`: along the two directions of largest variance, so that large distances are
 * meaningful. `umap`: neighbours stay together; distances between groups mean little.
 */
export const MAP_METHODS = ['pca', 'umap'] as const;
export type MapMethod = (typeof MAP_METHODS)[number];

/** What the colours of the map show: labels, suggestions beside them, errors of the chosen run, or likely label errors. */
export const MAP_COLOURS = ['label', 'suggestion', 'error', 'likely'] as const;
export type MapColour = (typeof MAP_COLOURS)[number];

/** A map of fewer pictures would say nothing. */
export const FEWEST_ON_MAP = 3;

/**
 * Pictures that UMAP places itself: its graph of neighbours takes 60 KB for each. Further ones are placed at the most
 * similar of these.
 */
export const MOST_FITTED = 10_000;

/** Milliseconds of each part of the work of UMAP, as measured on a computer with two cores. */
export interface UmapCost {
  /** Starting the process, reading the index, finding neighbours and the PCA to start from. */
  neighbours: number;
  /** Building the graph of neighbours, which reports no progress. */
  graph: number;
  epochs: number;
  /** Placing pictures beyond `MOST_FITTED`. */
  placing: number;
}

/** @param count number of different pictures */
export function umapCost(count: number): UmapCost {
  const fitted = Math.min(count, MOST_FITTED);
  // As umap-js chooses them.
  const epochs = fitted <= 2500 ? 500 : fitted <= 5000 ? 400 : fitted <= 7500 ? 300 : 200;
  return {
    neighbours: 1000 + 0.1 * count + 0.2 * fitted + 2e-5 * fitted ** 2,
    graph: fitted,
    epochs: 0.014 * epochs * fitted,
    placing: 3e-5 * (count - fitted) * fitted,
  };
}

/** How long UMAP takes, roughly. @param count number of different pictures */
export const umapMs = (count: number): number =>
  Object.values<number>({ ...umapCost(count) }).reduce((sum, ms) => sum + ms, 0);

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
  /** Contents that a map by UMAP was computed with and that are no longer in the project. */
  removed: number;
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
