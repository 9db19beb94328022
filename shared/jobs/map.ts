import type { IndexModel } from './index-pictures.ts';

/** Places pictures on a map by UMAP and stores the map in the cache. Skips pictures that are not indexed. */
export interface MapJob {
  kind: 'map';
  /** Cache folder of the project. */
  cacheDir: string;
  model: IndexModel;
  pictures: { sha256: string }[];
}

export interface MapResult {
  kind: 'map';
  /** Different contents on the map; if there were too few, nothing was stored. */
  placed: number;
}
