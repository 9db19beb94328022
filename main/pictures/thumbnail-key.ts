import { cacheKey } from './cache.ts';

/**
 * Longer side of a thumbnail in pixels: larger than a cell of the grid as it is at first, also on a screen of half more
 * density; and of those shown as images Chromium keeps the last 1,000 decoded, which takes 150 MB (see
 * docs/decisions/scrolling.md).
 */
export const THUMBNAIL_SIDE = 224;
const THUMBNAIL_VERSION = 1;

/**
 * Key of a thumbnail in the cache. In a file of its own, so that main can look it up without loading a decoder.
 *
 * @param bits16 as in the project's recipe
 */
export function thumbnailKey(contentSha256: string, maxSide = THUMBNAIL_SIDE, bits16 = 16): string {
  const bits = bits16 < 16 ? [bits16] : [];
  return cacheKey('thumbnail', THUMBNAIL_VERSION, contentSha256, maxSide, ...bits);
}
