/**
 * How pictures are placed on the map. `pca`: along the two directions of largest variance, so that large distances are
 * meaningful. `umap`: neighbours stay together; distances between groups mean little.
 */
export const MAP_METHODS = ['pca', 'umap'] as const;
export type MapMethod = (typeof MAP_METHODS)[number];

/** Minimum number of pictures on a map. */
export const FEWEST_ON_MAP = 3;
