import { decodePicture, type Picture } from './decode.ts';
import { resizeBilinear } from './resize.ts';
import { sharp } from './sharp.ts';
import { THUMBNAIL_SIDE } from './thumbnail-key.ts';

const JPEG_QUALITY = 82;

/**
 * Makes a thumbnail: aspect ratio kept, EXIF orientation applied, never larger than the picture.
 *
 * @param source bytes of a picture file, or a decoded picture
 * @param maxSide longer side in pixels
 * @returns a JPEG (WebP takes several times as long to encode)
 * @throws TwofoldError the errors of `decodePicture`
 */
export async function makeThumbnail(
  source: Uint8Array | Picture,
  maxSide = THUMBNAIL_SIDE,
): Promise<Uint8Array> {
  const picture = source instanceof Uint8Array ? await decodePicture(source) : source;
  const ratio = Math.min(1, maxSide / Math.max(picture.width, picture.height));
  const side = (length: number) => Math.max(1, Math.round(length * ratio));
  const { data, width, height } = resizeBilinear(picture, side(picture.width), side(picture.height));
  const jpeg = await sharp(data, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: JPEG_QUALITY })
    .toBuffer();
  return new Uint8Array(jpeg); // out of sharp's WebAssembly memory
}
