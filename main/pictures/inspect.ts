import { BlobCache } from './cache.ts';
import { decodeWithInfo, type Picture } from './decode.ts';
import { sha256 } from './hash.ts';
import { pixelKey } from './pixels.ts';
import { preparePicture } from './prepare.ts';
import { readPictureFile } from './read.ts';
import type { Inspected, InspectOptions } from './tasks.ts';
import { thumbnailOf } from './thumbnail.ts';
import { thumbnailKey } from './thumbnail-key.ts';

/**
 * Reads, hashes and fully decodes a picture file. Optionally caches its thumbnail and prepared pixels from the same
 * decoding; on a full disk they are not cached.
 *
 * @throws TwofoldError `not-found`, `bad-picture` or `unsupported`
 */
export async function inspect(path: string, options: InspectOptions): Promise<Inspected> {
  const { bytes, sizeBytes, mtimeMs } = readPictureFile(path);
  const { picture, info } = await decodeWithInfo(bytes, options);
  try {
    const digest = sha256(bytes);
    await store(picture, digest, options);
    return { sha256: digest, sizeBytes, mtimeMs, ...info };
  } finally {
    picture.release?.();
  }
}

/** Caches thumbnail and prepared pixels, unless they are there. */
async function store(picture: Picture, digest: string, options: InspectOptions): Promise<void> {
  if (options.thumbnailDir !== undefined) {
    const cache = new BlobCache(options.thumbnailDir);
    const key = thumbnailKey(digest, options.thumbnailSide, options.bits16);
    if (!cache.has(key)) cache.tryPut(key, await thumbnailOf(picture, options.thumbnailSide));
  }
  if (options.pixels) {
    const cache = new BlobCache(options.pixels.cacheDir);
    const key = pixelKey(digest, { ...options.pixels, bits16: options.bits16 });
    if (!cache.has(key)) cache.tryPut(key, preparePicture(picture, options.pixels));
  }
}
