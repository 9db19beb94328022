import { TwofoldError } from '../../shared/errors.ts';
import { isOutOfMemory } from './formats/errors.ts';
import { openAvif } from './formats/avif.ts';
import { openBmp } from './formats/bmp.ts';
import type { DecodeOptions, OpenedPicture, OpenPicture, Picture } from './formats/format.ts';
import { openGif } from './formats/gif.ts';
import { openHeif } from './formats/heif.ts';
import { openJpeg } from './formats/jpeg.ts';
import { openPng } from './formats/png.ts';
import { openPnm } from './formats/pnm.ts';
import { openRaw } from './formats/raw.ts';
import { openTiff } from './formats/tiff.ts';
import { openWebp } from './formats/webp.ts';
import { sniff, SUPPORTED, type PictureFormat } from './sniff.ts';

export type { DecodeOptions, Picture } from './formats/format.ts';

/** Information from the header of a picture. */
export interface PictureInfo {
  format: PictureFormat;
  /** In pixels, after applying the EXIF orientation. */
  width: number;
  height: number;
  /** For 16-bit pictures, if `measure` was set: number of bits of the largest sample. */
  bitsUsed?: number;
}

const DEFAULT_MAX_PIXELS = 250_000_000;

/** The function that opens each format. */
const FORMATS: Record<PictureFormat, OpenPicture> = {
  jpeg: openJpeg,
  png: openPng,
  webp: openWebp,
  gif: openGif,
  bmp: openBmp,
  tiff: openTiff,
  avif: openAvif,
  pnm: openPnm,
  heif: openHeif,
  raw: openRaw,
};

/**
 * Decodes a picture, the first frame of an animation. The format is detected from the content. Applies the EXIF
 * orientation, composites transparency on white, converts grey to RGB, and 16 bits to the upper 8 of the `bits16` bits
 * in use. Pixels are sRGB: an embedded profile is applied unless it is sRGB; without a profile, CMYK is converted by
 * Pillow's formula. JPEG pixels are identical to those that Pillow gets from libjpeg-turbo.
 *
 * @returns [height, width, 3], 0..255
 * @throws TwofoldError `unsupported` for a format that is recognised but not read (SVG, PDF …), `bad-picture` if it
 * can't be decoded, is truncated or has too many pixels, `too-large` if there is not enough memory
 */
export async function decodePicture(bytes: Uint8Array, options: DecodeOptions = {}): Promise<Picture> {
  const { picture } = await decodeWithInfo(bytes, options);
  if (!picture.release) return picture;
  const { width, height } = picture;
  const data = picture.data.slice();
  picture.release();
  return { width, height, data };
}

/** Reads format and size from the header, without decoding. Throws as `decodePicture` does. */
export async function probePicture(bytes: Uint8Array, options: DecodeOptions = {}): Promise<PictureInfo> {
  return (await open(bytes, options)).info;
}

/**
 * `decodePicture` and `probePicture` combined. The picture may be in the decoder's memory: call its `release`, if it has
 * one, when it is no longer needed.
 */
export async function decodeWithInfo(
  bytes: Uint8Array,
  options: DecodeOptions = {},
): Promise<{ picture: Picture; info: PictureInfo }> {
  const { opened, info } = await open(bytes, options);
  options.reserve?.(info.width * info.height * (opened.weight ?? 1));
  try {
    const picture = await opened.decode();
    const bitsUsed = options.measure ? await opened.measure?.() : undefined;
    return { picture, info: bitsUsed === undefined ? info : { ...info, bitsUsed } };
  } catch (error) {
    throw isOutOfMemory(error) ? tooLarge(info, error) : error;
  }
}

/** Reads the header and checks the number of pixels. */
async function open(
  bytes: Uint8Array,
  options: DecodeOptions,
): Promise<{ opened: OpenedPicture; info: PictureInfo }> {
  const format = pictureFormat(bytes);
  const opened = await FORMATS[format](bytes, options);
  const { width, height } = opened;
  const maxPixels = options.maxPixels ?? DEFAULT_MAX_PIXELS;
  if (width * height > maxPixels) {
    throw new TwofoldError(
      'bad-picture',
      `The picture is too large: ${width} × ${height} are ${megapixels(width * height)} megapixels, ` +
        `at most ${megapixels(maxPixels)} are read. Scale it down.`,
    );
  }
  return { opened, info: { format, width, height } };
}

/** Detects the format. @throws TwofoldError that says what the file is instead */
function pictureFormat(bytes: Uint8Array): PictureFormat {
  const sniffed = sniff(bytes);
  switch (sniffed.kind) {
    case 'picture':
      return sniffed.format;
    case 'unsupported':
      throw new TwofoldError(
        'unsupported',
        `It is ${sniffed.name}, which Twofold does not read. Convert it to ${SUPPORTED}.`,
      );
    case 'empty':
      throw new TwofoldError('bad-picture', 'The file is empty (0 bytes).');
    case 'text':
      throw new TwofoldError('bad-picture', `It holds text, not a picture. Expected ${SUPPORTED}.`);
    case 'unknown':
      throw new TwofoldError('bad-picture', `It is not a picture of a known kind. Expected ${SUPPORTED}.`);
  }
}

function tooLarge({ width, height }: PictureInfo, cause: unknown): TwofoldError {
  return new TwofoldError(
    'too-large',
    `The picture is too large for this computer: there was not enough memory for its ${megapixels(width * height)} megapixels ` +
      `(${width} × ${height}). The file may be intact. Close other programs and try again, or scale it down.`,
    { cause },
  );
}

function megapixels(pixels: number): string {
  return (pixels / 1e6).toFixed(pixels < 1e7 ? 1 : 0);
}
