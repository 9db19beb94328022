/**
 * How pictures are placed on the map. `pca`: along the two directions in which their vectors differ most; distances far
 * apart mean something. `umap`: neighbours stay together; distances between groups mean little.
 */
export const MAP_METHODS = ['pca', 'umap'] as const;
export type MapMethod = (typeof MAP_METHODS)[number];

/** A map of fewer pictures would say nothing. */
export const FEWEST_ON_MAP = 3;
