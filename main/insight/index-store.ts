import { join } from 'node:path';
import type { IndexModel } from '../../shared/jobs/index-pictures.ts';
import { VectorStore } from './vector-store.ts';

/** The index is made with the tutorial's base, whatever the recipes of the project's runs are. */
export const INDEX_CUT = 'mixed7';
export const INDEX_SIZE = 150;
/** Channels of `mixed7`. */
export const INDEX_WIDTH = 768;
/** Counts up when the same picture would get another vector. */
const INDEX_VERSION = 1;

/** Names everything that decides a picture's vector, for folders of the cache. */
export function indexKey({ fingerprint, resize, bits16 }: IndexModel): string {
  const bits = bits16 < 16 ? `-${bits16}bit` : '';
  return `${fingerprint.slice(0, 16)}-${resize}${bits}-v${INDEX_VERSION}`;
}

/**
 * Where a project keeps the vectors of its pictures, one folder for each model they were made with.
 *
 * @param cacheDir of the project
 */
export function indexStore(cacheDir: string, model: IndexModel): VectorStore {
  return new VectorStore(join(cacheDir, 'index', indexKey(model)), INDEX_WIDTH);
}
