import { decodePicture, type Picture } from './decode.ts';
import { encodeRgb } from './jpeg-codec.ts';
import { reduceBoxes } from './reduce.ts';
import { filterFor, resizeBilinear } from './resize.ts';
import { sharp } from './sharp.ts';
import { THUMBNAIL_SIDE } from './thumbnail-key.ts';

const JPEG_QUALITY = 82;
/** Their sums fit into 16 bits. */
const MAX_BOX = 255;

/**
 * Makes a thumbnail of a picture file; see `thumbnailOf`.
 *
 * @throws TwofoldError the errors of `decodePicture`
 */
export async function makeThumbnail(bytes: Uint8Array, maxSide = THUMBNAIL_SIDE): Promise<Uint8Array> {
  return thumbnailOf(await decodePicture(bytes), maxSide);
}

/**
 * Makes a thumbnail of a decoded picture: aspect ratio kept, never larger than the picture. Averages boxes of whole pixels
 * first and resamples the rest, several times faster than resampling alone; up to a pixel of the thumbnail is lost at the
 * right and bottom edges.
 *
 * @param maxSide longer side in pixels
 * @returns a JPEG (WebP takes several times as long to encode)
 */
export async function thumbnailOf(picture: Picture, maxSide = THUMBNAIL_SIDE): Promise<Uint8Array> {
  const ratio = Math.min(1, maxSide / Math.max(picture.width, picture.height));
  const side = (length: number) => Math.max(1, Math.round(length * ratio));
  const [width, height] = [side(picture.width), side(picture.height)];
  const [across, down] = [boxes(picture.width, width), boxes(picture.height, height)];
  if (picture.resizedJpeg) {
    const rows = filterFor(Math.floor(picture.width / across), width);
    const columns = filterFor(Math.floor(picture.height / down), height);
    return picture.resizedJpeg({ across, down, rows, columns }, JPEG_QUALITY);
  }
  const small = resizeBilinear(reduceBoxes(picture, across, down), width, height);
  return (
    encodeRgb(small, JPEG_QUALITY) ??
    // A copy, out of sharp's WebAssembly memory.
    new Uint8Array(
      await sharp(small.data, { raw: { width, height, channels: 3 } })
        .jpeg({ quality: JPEG_QUALITY })
        .toBuffer(),
    )
  );
}

/** Pixels to average, so that what is left to resample is at least the target length. */
const boxes = (from: number, to: number): number => Math.max(1, Math.min(MAX_BOX, Math.floor(from / to)));
