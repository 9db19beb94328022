import type { PictureFormat } from '../sniff.ts';

/** Decoded pixels. */
export interface Picture {
  width: number;
  height: number;
  /** [height, width, 3] red, green, blue in sRGB, 0..255. */
  data: Uint8Array;
  /**
   * The decoder's own resizing, if it has one.
   * @returns [height, width, 3], a copy
   */
  resized?: (steps: Steps) => Uint8Array;
  /**
   * `resized` as a JPEG with chroma at half resolution, without copying the pixels out of the decoder's memory.
   * @param quality 1..100
   */
  resizedJpeg?: (steps: Steps, quality: number) => Uint8Array;
  /** The decoder's own `orient`, if it has one, after which this picture can't be used, only the result. */
  oriented?: (walk: Walk) => Picture;
  /** If `data` is in the decoder's memory: gives it back, after which the picture can't be used. */
  release?: () => void;
}

/** How the pixels of a turned or mirrored picture are read. */
export interface Walk {
  /** Size of the result. */
  width: number;
  height: number;
  /** Offset of its first pixel in the source, and steps to the next pixel across and down, in bytes. */
  start: number;
  across: number;
  down: number;
}

/** The steps of resizing, in this order. */
export interface Steps {
  /** Width and height of boxes of pixels that are averaged first; 1 for none. At most 255. */
  across: number;
  down: number;
  /** Passes along the rows and along the columns; null for none. */
  rows: Filter | null;
  columns: Filter | null;
}

/** The filter of a resampling pass along one axis. */
export interface Filter {
  /** First source index of each target index. */
  starts: Int32Array;
  /** Number of source indices of each target index. */
  counts: Int32Array;
  /** [target, widest] coefficients, fixed point with 22 fraction bits; 0 after `counts`. */
  coefficients: Int32Array;
  widest: number;
}

export interface DecodeOptions {
  /** Pictures with more pixels are refused before they are decoded. Default 250 megapixels. */
  maxPixels?: number | undefined;
  /** Bits that 16-bit pictures use; see the recipe. Default 16. */
  bits16?: number | undefined;
  /** Whether to determine `bitsUsed` of 16-bit pictures, which decodes them a second time. Default false. */
  measure?: boolean | undefined;
  /** Called with the number of pixels before they are allocated; may block until there is memory. */
  reserve?: ((pixels: number) => void) | undefined;
}

/** A picture whose header has been read. */
export interface OpenedPicture {
  /** Size in pixels after applying the orientation. */
  width: number;
  height: number;
  /** Memory that decoding takes, relative to a usual picture of this size. Default 1. */
  weight?: number;
  /** Decodes the pixels: orientation applied, transparency on white. Throws as `OpenPicture` does. */
  decode: () => Picture | Promise<Picture>;
  /** For 16-bit pictures: determines the number of bits of the largest colour sample. */
  measure?: () => Promise<number>;
}

/**
 * Opens a format: each file in this folder exports one such function, which `decode.ts` chooses by the result of
 * `sniff`. It reads only the header; the pixels are decoded once their number has been checked.
 *
 * @throws TwofoldError `bad-picture` if the file is truncated or damaged, `unsupported` if it is valid but of a kind
 * that is not read
 */
export type OpenPicture = (
  bytes: Uint8Array,
  options: DecodeOptions,
) => OpenedPicture | Promise<OpenedPicture>;

/** Names of the formats in messages. */
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
