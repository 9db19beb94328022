import { statSync } from 'node:fs';
import { TwofoldError } from '../../shared/errors.ts';
import { BlobCache, cacheKey } from './cache.ts';
import { sha256 } from './hash.ts';
import { PIXELS_VERSION, preparePixels, type PrepareOptions } from './prepare.ts';
import { explainFileError, readPictureFile } from './read.ts';
import type { PictureReference, PixelOptions } from './tasks.ts';

/** Key of prepared pixels in their cache. */
export function pixelKey(
  contentSha256: string,
  { size, resize, bits16 = 16 }: Pick<PrepareOptions, 'size' | 'resize' | 'bits16'>,
): string {
  return cacheKey('pixels', PIXELS_VERSION, contentSha256, size, resize, ...(bits16 < 16 ? [bits16] : []));
}

/**
 * Prepared pixels of an imported picture, from the cache or from its file.
 *
 * @returns [size, size, 3], 0..255
 * @throws TwofoldError `not-found` if the file is missing, `changed` if its content differs from the imported one; the
 *   errors of `preparePixels`
 */
export async function cachedPixels(picture: PictureReference, options: PixelOptions): Promise<Uint8Array> {
  const { size, cacheDir, checkFiles = true } = options;
  if (picture.sha256 === null) return preparePixels(picture.path, options);
  const key = pixelKey(picture.sha256, options);
  const cache = cacheDir === undefined ? undefined : new BlobCache(cacheDir);
  const cached = cache?.get(key);
  if (cached?.length === size * size * 3) {
    if (checkFiles && isTouched(picture)) readUnchanged(picture);
    return cached;
  }
  const pixels = await preparePixels(readUnchanged(picture), options);
  cache?.tryPut(key, pixels);
  return pixels;
}

/** Whether size or time differ from those at import, so that the content must be checked. */
function isTouched({ path, sizeBytes, mtimeMs }: PictureReference): boolean {
  try {
    const stats = statSync(path);
    return (
      (sizeBytes !== undefined && sizeBytes !== stats.size) ||
      (mtimeMs !== undefined && mtimeMs !== stats.mtimeMs)
    );
  } catch (error) {
    throw explainFileError(error);
  }
}

function readUnchanged(picture: PictureReference): Uint8Array {
  const { bytes } = readPictureFile(picture.path);
  if (sha256(bytes) !== picture.sha256) {
    throw new TwofoldError(
      'changed',
      'The picture is not the one that was imported: its content has changed since. Import it again to use it as it is now.',
    );
  }
  return bytes;
}
