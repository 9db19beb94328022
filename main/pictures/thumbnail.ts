import { decodePicture, type Picture } from './decode.ts';
import { encodeRgb } from './jpeg-codec.ts';
import { resizeBilinear } from './resize.ts';
import { sharp } from './sharp.ts';
import { THUMBNAIL_SIDE } from './thumbnail-key.ts';

const JPEG_QUALITY = 82;

/**
 * Makes a thumbnail of a picture file; see `thumbnailOf`.
 *
 * @throws TwofoldError the errors of `decodePicture`
 */
export async function makeThumbnail(bytes: Uint8Array, maxSide = THUMBNAIL_SIDE): Promise<Uint8Array> {
  return thumbnailOf(await decodePicture(bytes), maxSide);
}

/**
 * Makes a thumbnail of a decoded picture: aspect ratio kept, never larger than the picture.
 *
 * @param maxSide longer side in pixels
 * @returns a JPEG (WebP takes several times as long to encode)
 */
export async function thumbnailOf(picture: Picture, maxSide = THUMBNAIL_SIDE): Promise<Uint8Array> {
  const ratio = Math.min(1, maxSide / Math.max(picture.width, picture.height));
  const side = (length: number) => Math.max(1, Math.round(length * ratio));
  const small = resizeBilinear(picture, side(picture.width), side(picture.height));
  const { data, width, height } = small;
  return (
    encodeRgb(small, JPEG_QUALITY) ??
    // A copy, out of sharp's WebAssembly memory.
    new Uint8Array(
      await sharp(data, { raw: { width, height, channels: 3 } })
        .jpeg({ quality: JPEG_QUALITY })
        .toBuffer(),
    )
  );
}
