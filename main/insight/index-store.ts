import { join } from 'node:path';
import type { IndexModel } from '../../shared/jobs/index-pictures.ts';
import type { FeatureChoice } from '../../shared/recipe-search.ts';
import { VectorStore } from './vector-store.ts';

/** The cut layer and picture size (pixels) of the index, whatever the recipes of the project's runs. */
export const INDEX_CUT = 'mixed7';
export const INDEX_SIZE = 150;
/** Channels of `mixed7`. */
export const INDEX_WIDTH = 768;
/** Increment it when the same picture would get a different vector. */
const INDEX_VERSION = 1;

/** A name made of everything that determines a picture's vector, for folders of the cache. */
export function indexKey({ fingerprint, resize, bits16 }: IndexModel): string {
  const bits = bits16 < 16 ? `-${bits16}bit` : '';
  return `${fingerprint.slice(0, 16)}-${resize}${bits}-v${INDEX_VERSION}`;
}

/**
 * The store of the vectors of a project, one folder per model.
 *
 * @param cacheDir cache folder of the project
 */
export function indexStore(cacheDir: string, model: IndexModel): VectorStore {
  return new VectorStore(join(cacheDir, 'index', indexKey(model)), INDEX_WIDTH);
}

/**
 * Where a project keeps vectors of another layer or input size than the index has.
 *
 * @param width channels of the layer
 */
export function pooledStore(
  cacheDir: string,
  model: IndexModel,
  { cut, size }: FeatureChoice,
  width: number,
): VectorStore {
  if (cut === INDEX_CUT && size === INDEX_SIZE) return indexStore(cacheDir, model);
  return new VectorStore(join(cacheDir, 'index', `${indexKey(model)}-${cut}-${size}`), width);
}
