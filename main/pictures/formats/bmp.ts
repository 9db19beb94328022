import * as errors from './errors.ts';
import type { OpenPicture } from './format.ts';

/** Reads Windows bitmaps (BMP), which sharp cannot; the packages that do miss compressed, 16-bit or top-down ones. */

const RGB = 0;
const RLE8 = 1;
const RLE4 = 2;
const BITFIELDS = 3;
const ALPHA_BITFIELDS = 6;

interface BmpHeader {
  width: number;
  height: number;
  /** Rows are stored from the top; the default is from the bottom. */
  topDown: boolean;
  bits: number;
  compression: number;
  /** Offset of the pixels in the file. */
  pixels: number;
  /** Red, green and blue of each palette entry; empty where there is no palette. */
  palette: Uint8Array;
  /** Bits of a pixel that hold red, green, blue and alpha (0: none); for 16 and 32 bits a pixel. */
  masks: [number, number, number, number];
}

export const openBmp: OpenPicture = (bytes) => {
  const header = readBmpHeader(bytes);
  const { width, height } = header;
  return { width, height, decode: () => ({ width, height, data: decodeBmp(bytes, header) }) };
};

/**
 * Reads the headers and the palette.
 *
 * @throws TwofoldError `bad-picture` when they are cut off or make no sense
 */
function readBmpHeader(bytes: Uint8Array): BmpHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 26) throw truncated();
  const headerSize = view.getUint32(14, true);
  const old = headerSize === 12; // OS/2 1.x
  if (bytes.length < 14 + headerSize) throw truncated();
  const width = old ? view.getUint16(18, true) : view.getInt32(18, true);
  const signedHeight = old ? view.getUint16(20, true) : view.getInt32(22, true);
  const bits = view.getUint16(old ? 24 : 28, true);
  const compression = headerSize >= 20 ? view.getUint32(30, true) : RGB;
  const height = Math.abs(signedHeight);
  if (width <= 0 || height === 0) throw damaged(`its size is ${width} × ${height}`);
  if (!isKnown(bits, compression)) throw damaged(`${bits} bits a pixel, compression ${compression}`);

  const maskBytes =
    headerSize === 40 ? (compression === BITFIELDS ? 12 : compression === ALPHA_BITFIELDS ? 16 : 0) : 0;
  const pixels = view.getUint32(10, true);
  const paletteAt = 14 + headerSize + maskBytes;
  const palette =
    bits <= 8 ? readPalette(bytes, view, paletteAt, bits, old ? 3 : 4, pixels) : new Uint8Array(0);
  return {
    width,
    height,
    topDown: signedHeight < 0,
    bits,
    compression,
    pixels,
    palette,
    masks: readMasks(view, bits, compression, headerSize),
  };
}

/**
 * Decodes a bitmap: 1, 2, 4, 8 (palette), 16, 24 and 32 bits a pixel, run-length compressed, any masks, alpha on white.
 *
 * @returns [height, width, 3] red, green, blue, 0..255
 * @throws TwofoldError `bad-picture` when it is cut off or damaged
 */
function decodeBmp(bytes: Uint8Array, header: BmpHeader): Uint8Array {
  const { width, height, bits, compression } = header;
  const rowBytes = Math.floor((width * bits + 31) / 32) * 4;
  const out = new Uint8Array(width * height * 3);
  if (compression === RLE8 || compression === RLE4) {
    const indices = unpackRuns(bytes, header);
    for (let y = 0; y < height; y++) paint(out, header, y, (x) => indices[y * width + x]!);
    return out;
  }
  if (header.pixels + rowBytes * height > bytes.length) throw truncated();
  for (let y = 0; y < height; y++) {
    const row = header.pixels + y * rowBytes;
    if (bits <= 8) {
      const perByte = 8 / bits;
      const mask = (1 << bits) - 1;
      paint(out, header, y, (x) => {
        const shift = 8 - bits * ((x % perByte) + 1);
        return (bytes[row + Math.floor(x / perByte)]! >> shift) & mask;
      });
    } else if (bits === 24) {
      let to = outRow(header, y) * width * 3;
      for (let from = row, end = row + 3 * width; from < end; from += 3) {
        out[to++] = bytes[from + 2]!;
        out[to++] = bytes[from + 1]!;
        out[to++] = bytes[from]!;
      }
    } else {
      unmask(out, bytes, header, y, row);
    }
  }
  return out;
}

function isKnown(bits: number, compression: number): boolean {
  switch (compression) {
    case RGB:
      return [1, 2, 4, 8, 16, 24, 32].includes(bits);
    case RLE8:
      return bits === 8;
    case RLE4:
      return bits === 4;
    case BITFIELDS:
    case ALPHA_BITFIELDS:
      return bits === 16 || bits === 32;
    default:
      return false;
  }
}

/** The palette ends where the pixels begin, however many colours the header claims. */
function readPalette(
  bytes: Uint8Array,
  view: DataView,
  at: number,
  bits: number,
  entryBytes: number,
  pixels: number,
): Uint8Array {
  const claimed = entryBytes === 4 && view.getUint32(14, true) >= 36 ? view.getUint32(46, true) : 0;
  const room = pixels > at ? Math.floor((pixels - at) / entryBytes) : 1 << bits;
  const count = Math.min(claimed === 0 ? 1 << bits : claimed, room, 1 << bits);
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
    if (view.byteLength < 70) throw truncated();
    const hasAlpha = headerSize >= 56 || compression === ALPHA_BITFIELDS;
    const mask = (i: number) => view.getUint32(54 + 4 * i, true);
    return [mask(0), mask(1), mask(2), hasAlpha ? mask(3) : 0];
  }
  // Without masks the fourth byte of 32 bits is unused: most writers leave it 0, which would be fully transparent.
  return bits === 16 ? [0x7c00, 0x3e0, 0x1f, 0] : [0xff0000, 0xff00, 0xff, 0];
}

const outRow = (header: BmpHeader, y: number) => (header.topDown ? y : header.height - 1 - y);

/** Writes one stored row through the palette. */
function paint(out: Uint8Array, header: BmpHeader, y: number, index: (x: number) => number): void {
  const { width, palette } = header;
  let to = outRow(header, y) * width * 3;
  for (let x = 0; x < width; x++) {
    const from = 3 * index(x);
    out[to++] = palette[from]!;
    out[to++] = palette[from + 1]!;
    out[to++] = palette[from + 2]!;
  }
}

/** Writes one stored row of 16 or 32 bits a pixel, each channel scaled from its mask to 0..255. */
function unmask(out: Uint8Array, bytes: Uint8Array, header: BmpHeader, y: number, row: number): void {
  const wide = header.bits === 32;
  const channels = header.masks.map((mask) => {
    const shift = mask === 0 ? 0 : 31 - Math.clz32(mask & -mask);
    const most = mask >>> shift;
    return (pixel: number) => (most === 0 ? 255 : Math.floor((((pixel & mask) >>> shift) * 255) / most));
  });
  let to = outRow(header, y) * header.width * 3;
  for (let x = 0; x < header.width; x++) {
    const at = row + x * (wide ? 4 : 2);
    const low = bytes[at]! | (bytes[at + 1]! << 8);
    const pixel = wide ? low | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24) : low;
    const alpha = channels[3]!(pixel);
    for (let c = 0; c < 3; c++) out[to++] = Math.round(255 + ((channels[c]!(pixel) - 255) * alpha) / 255);
  }
}

/** Run-length decoding to one palette index a pixel, in stored row order; pixels that are skipped stay 0. */
function unpackRuns(bytes: Uint8Array, header: BmpHeader): Uint8Array {
  const { width, height, bits } = header;
  const indices = new Uint8Array(width * height);
  const perByte = 8 / bits;
  const put = (x: number, y: number, index: number) => {
    if (x < width && y < height) indices[y * width + x] = index;
  };
  /** Index number i of the packed bytes from `at`. */
  const unpack = (at: number, i: number) => {
    const byte = bytes[at + Math.floor(i / perByte)]!;
    return bits === 8 ? byte : i % 2 === 0 ? byte >> 4 : byte & 15;
  };
  let at = header.pixels;
  let x = 0;
  let y = 0;
  while (y < height) {
    if (at + 2 > bytes.length) throw truncated();
    const count = bytes[at]!;
    const value = bytes[at + 1]!;
    at += 2;
    if (count > 0) {
      for (let i = 0; i < count; i++) put(x++, y, unpack(at - 1, i % perByte));
    } else if (value === 0) {
      x = 0;
      y++;
    } else if (value === 1) {
      break;
    } else if (value === 2) {
      if (at + 2 > bytes.length) throw truncated();
      x += bytes[at]!;
      y += bytes[at + 1]!;
      at += 2;
    } else {
      const packed = Math.ceil(value / perByte);
      if (at + packed > bytes.length) throw truncated();
      for (let i = 0; i < value; i++) put(x++, y, unpack(at, i));
      at += packed + (packed % 2);
    }
  }
  return indices;
}

const truncated = () => errors.truncated('bmp');
const damaged = (detail: string) => errors.damaged('bmp', detail);
