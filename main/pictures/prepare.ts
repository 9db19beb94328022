import type { Recipe } from '../../shared/recipe.ts';
import { decodeWithInfo, type DecodeOptions, type Picture } from './decode.ts';
import { readPictureFile } from './read.ts';
import { resize } from './resize.ts';

/** How pictures are converted to model input: the recipe's size and resizing method. */
export interface PrepareOptions extends DecodeOptions {
  /** Height and width of the result in pixels. */
  size: Recipe['size'];
  resize: Recipe['resize'];
  bits16?: Recipe['bits16'] | undefined;
}

/** Part of every cache key. Increment it when the same file would give different pixels. */
export const PIXELS_VERSION = 2;

/**
 * The preprocessing for training, prediction, evaluation and export: decode, then stretch to the input size. In Python:
 * `ImageOps.exif_transpose(Image.open(path)).convert("RGB").resize((size, size), Image.BILINEAR)`. Dividing by 255
 * comes later, so that values can be cached as bytes.
 *
 * @param source the bytes of a picture file, or its path
 * @returns [size, size, 3], 0..255
 * @throws TwofoldError `bad-picture`, `unsupported` or `not-found`
 */
export async function preparePixels(
  source: Uint8Array | string,
  options: PrepareOptions,
): Promise<Uint8Array> {
  const bytes = typeof source === 'string' ? readPictureFile(source).bytes : source;
  const { picture } = await decodeWithInfo(bytes, options);
  try {
    return preparePicture(picture, options);
  } finally {
    picture.release?.();
  }
}

/** The second half of `preparePixels`, for a decoded picture. */
export function preparePicture(picture: Picture, { size, resize: method }: PrepareOptions): Uint8Array {
  const { data } = resize(picture, size, size, method);
  // A picture that has the size already may be in the decoder's memory.
  return picture.release && data.buffer === picture.data.buffer ? data.slice() : data;
}
