import { cacheKey } from './cache.ts';

/**
 * Longer side of a thumbnail in pixels: larger than a grid cell of default size, even on a display with a scale factor
 * of 1.5. Chromium keeps the last 1,000 shown thumbnails decoded, which takes 150 MB (see docs/decisions/scrolling.md).
 */
export const THUMBNAIL_SIDE = 224;
const THUMBNAIL_VERSION = 1;

/**
 * Key of a thumbnail in the cache. In its own file, so that the main process need not load a decoder to look one up.
 *
 * @param maxSide longer side in pixels
 * @param bits16 `bits16` of the project's recipe
 */
export function thumbnailKey(contentSha256: string, maxSide = THUMBNAIL_SIDE, bits16 = 16): string {
  const bits = bits16 < 16 ? [bits16] : [];
  return cacheKey('thumbnail', THUMBNAIL_VERSION, contentSha256, maxSide, ...bits);
}
