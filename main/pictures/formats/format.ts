import type { PictureFormat } from '../sniff.ts';

/** Decoded pixels. */
export interface Picture {
  width: number;
  height: number;
  /** [height, width, 3] red, green, blue in sRGB, 0..255. */
  data: Uint8Array;
}

export interface DecodeOptions {
  /** Pictures with more pixels are refused before they are decoded. Default 250 megapixels. */
  maxPixels?: number | undefined;
  /** Bits that 16-bit pictures use; see the recipe. Default 16. */
  bits16?: number | undefined;
  /** Whether `bitsUsed` of 16-bit pictures is wanted, which decodes them once more. */
  measure?: boolean | undefined;
  /** Called with the number of pixels once it is known, before there is memory for them; may wait for that. */
  reserve?: ((pixels: number) => void) | undefined;
}

/** A picture whose header has been read. */
export interface OpenedPicture {
  /** Size in pixels as shown, that is after the orientation. */
  width: number;
  height: number;
  /** How many times the memory of a usual picture of this size decoding takes; 1 by default. */
  weight?: number;
  /** Decodes the pixels: orientation applied, transparency on white. Throws as `OpenPicture` does. */
  decode: () => Picture | Promise<Picture>;
  /** Of a 16-bit picture: how many bits its largest sample of colour takes. */
  measure?: () => Promise<number>;
}

/**
 * How a format is read: each file in this folder exports one such function, and `decode.ts` picks it by what `sniff`
 * found. It reads only the header; the pixels are decoded once their number has been checked.
 *
 * @throws TwofoldError `bad-picture` when the file is cut off or damaged, `unsupported` when it is sound but of a kind
 *   that is not read
 */
export type OpenPicture = (
  bytes: Uint8Array,
  options: DecodeOptions,
) => OpenedPicture | Promise<OpenedPicture>;

/** How messages call a format. */
export const FORMAT_NAMES: Record<PictureFormat, string> = {
  jpeg: 'JPEG',
  png: 'PNG',
  webp: 'WebP',
  gif: 'GIF',
  bmp: 'BMP',
  tiff: 'TIFF',
  avif: 'AVIF',
  pnm: 'PNM',
  heif: 'HEIC',
  raw: 'raw photograph',
};
