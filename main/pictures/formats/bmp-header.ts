import { TwofoldError } from '../../../shared/errors.ts';
import * as errors from './errors.ts';

/** Values of the header's compression field. */
const RGB = 0;
export const RLE8 = 1;
export const RLE4 = 2;
const BITFIELDS = 3;
const ALPHA_BITFIELDS = 6;

/** Size of the file header, which bitmaps from the clipboard or resources (DIB) do not have. */
const FILE_HEADER_BYTES = 14;
/** Size of the header of OS/2 1.x. */
const CORE_HEADER_BYTES = 12;
/** Size of the header of OS/2 2.x, which numbers compressions differently. */
const OS2_HEADER_BYTES = 64;

export interface BmpHeader {
  width: number;
  height: number;
  /** Whether rows are stored from top to bottom; the default is bottom to top. */
  topDown: boolean;
  bits: number;
  compression: number;
  /** Offset of the pixels in the file. */
  pixels: number;
  /** Red, green and blue of each palette entry; empty without a palette. */
  palette: Uint8Array;
  /** Bit masks of red, green, blue and alpha (0: none), for 16 and 32 bits per pixel. */
  masks: [number, number, number, number];
}

/**
 * Reads the headers and the palette.
 *
 * @throws TwofoldError `bad-picture` if they are truncated or invalid, `unsupported` for compressions that are not read
 */
export function readBmpHeader(bytes: Uint8Array): BmpHeader {
  const start = bytes[0] === 0x42 && bytes[1] === 0x4d ? FILE_HEADER_BYTES : 0;
  if (bytes.length < start + CORE_HEADER_BYTES) throw truncated();
  /** Starts at the second header, to which all other offsets are relative. */
  const view = new DataView(bytes.buffer, bytes.byteOffset + start, bytes.byteLength - start);
  const headerSize = view.getUint32(0, true);
  const old = headerSize === CORE_HEADER_BYTES;
  if (view.byteLength < headerSize) throw truncated();
  const width = old ? view.getUint16(4, true) : view.getInt32(4, true);
  const signedHeight = old ? view.getUint16(6, true) : view.getInt32(8, true);
  const bits = view.getUint16(old ? 10 : 14, true);
  const compression = headerSize >= 20 ? view.getUint32(16, true) : RGB;
  const height = Math.abs(signedHeight);
  if (width <= 0 || height === 0) throw damaged(`its size is ${width} × ${height}`);
  requireReadable(bits, compression, headerSize);

  const maskBytes =
    headerSize === 40 ? (compression === BITFIELDS ? 12 : compression === ALPHA_BITFIELDS ? 16 : 0) : 0;
  const paletteAt = start + headerSize + maskBytes;
  const entryBytes = old ? 3 : 4;
  const claimed = headerSize >= 36 ? view.getUint32(32, true) : 0;
  const isBare = start === 0;
  // With more than 8 bits a palette is only a hint for old displays, and a stated pixel offset skips it.
  const colours = bits > 8 ? (isBare ? claimed : 0) : Math.min(claimed || 1 << bits, 1 << bits);
  const stated = isBare ? 0 : new DataView(bytes.buffer, bytes.byteOffset).getUint32(10, true);
  const needed = bytesNeeded({ width, height, bits, compression });
  const pixels = findPixels(stated, paletteAt, paletteAt + colours * entryBytes, bytes.length - needed);
  return {
    width,
    height,
    topDown: signedHeight < 0,
    bits,
    compression,
    pixels,
    palette: bits > 8 ? new Uint8Array(0) : readPalette(bytes, paletteAt, bits, entryBytes, colours, pixels),
    masks: readMasks(view, bits, compression, headerSize),
  };
}

/** Bytes of a row, which is padded to a multiple of four. */
export function rowBytes({ width, bits }: Pick<BmpHeader, 'width' | 'bits'>): number {
  return Math.floor((width * bits + 31) / 32) * 4;
}

/** Minimum size of the pixels: the padding of the last row may be missing. */
export function bytesNeeded(header: Pick<BmpHeader, 'width' | 'height' | 'bits' | 'compression'>): number {
  if (header.compression === RLE8 || header.compression === RLE4) return 2;
  return rowBytes(header) * (header.height - 1) + Math.ceil((header.width * header.bits) / 8);
}

export const truncated = () => errors.truncated('bmp');
export const damaged = (detail: string) => errors.damaged('bmp', detail);

function requireReadable(bits: number, compression: number, headerSize: number): void {
  switch (compression) {
    case RGB:
      if (bits === 64) throw unsupported('64 bits per pixel');
      if ([1, 2, 4, 8, 16, 24, 32].includes(bits)) return;
      break;
    case RLE8:
      if (bits === 8) return;
      break;
    case RLE4:
      if (bits === 4) return;
      break;
    case BITFIELDS:
      if (headerSize === OS2_HEADER_BYTES) throw unsupported('Huffman compression (OS/2)');
      if (bits === 16 || bits === 32) return;
      break;
    case 4:
      throw unsupported(
        headerSize === OS2_HEADER_BYTES ? 'run-length compressed RGB (OS/2)' : 'a JPEG inside',
      );
    case 5:
      throw unsupported('a PNG inside');
    case ALPHA_BITFIELDS:
      if (bits === 16 || bits === 32) return;
      break;
    case 11:
    case 12:
    case 13:
      throw unsupported('CMYK colours');
  }
  throw damaged(
    `its header states ${bits} bits per pixel with compression ${compression}, which does not exist`,
  );
}

function unsupported(what: string): TwofoldError {
  return new TwofoldError(
    'unsupported',
    `It is a bitmap (BMP) with ${what}, which Twofold does not read. Save it as PNG.`,
  );
}

/**
 * Offset of the pixels. Writers that state no offset, or forget to count the palette, store them right after it. A
 * stated offset into the palette is correct if the file is too short for all colours that the palette claims.
 *
 * @param latest the last offset at which all pixels fit into the file
 */
function findPixels(stated: number, paletteAt: number, paletteEnd: number, latest: number): number {
  if (stated >= paletteEnd) return stated;
  return stated <= paletteAt || paletteEnd <= latest ? paletteEnd : stated;
}

/** Reads the palette, which ends at the pixels, however many colours the header claims. */
function readPalette(
  bytes: Uint8Array,
  at: number,
  bits: number,
  entryBytes: number,
  colours: number,
  pixels: number,
): Uint8Array {
  const count = Math.min(colours, Math.floor((pixels - at) / entryBytes));
  if (at + count * entryBytes > bytes.length) throw truncated();
  const palette = new Uint8Array(3 << bits);
  for (let i = 0; i < count; i++) {
    const from = at + i * entryBytes;
    palette.set([bytes[from + 2]!, bytes[from + 1]!, bytes[from]!], 3 * i);
  }
  return palette;
}

function readMasks(
  view: DataView,
  bits: number,
  compression: number,
  headerSize: number,
): BmpHeader['masks'] {
  if (compression === BITFIELDS || compression === ALPHA_BITFIELDS) {
    if (view.byteLength < 56) throw truncated();
    const hasAlpha = headerSize >= 56 || compression === ALPHA_BITFIELDS;
    const mask = (i: number) => view.getUint32(40 + 4 * i, true);
    return [mask(0), mask(1), mask(2), hasAlpha ? mask(3) : 0];
  }
  // Without masks the fourth byte of 32 bits is unused; most writers set it to 0, which would mean transparent.
  return bits === 16 ? [0x7c00, 0x3e0, 0x1f, 0] : [0xff0000, 0xff00, 0xff, 0];
}
