import { cacheKey } from './cache.ts';

/** Longer side of a thumbnail in pixels: sharp at 128 CSS pixels on a screen of double density. */
export const THUMBNAIL_SIDE = 256;
const THUMBNAIL_VERSION = 1;

/** Where a thumbnail lies in the cache. Apart from its making, so that main can look it up without a decoder. */
export function thumbnailKey(contentSha256: string, maxSide = THUMBNAIL_SIDE): string {
  return cacheKey('thumbnail', THUMBNAIL_VERSION, contentSha256, maxSide);
}
