import { bytesNeeded, readBmpHeader, RLE4, RLE8, rowBytes, truncated, type BmpHeader } from './bmp-header.ts';
import { checkRuns, unpackRuns } from './bmp-runs.ts';
import type { OpenPicture } from './format.ts';

/**
 * Opens Windows and OS/2 bitmaps, with or without a file header. sharp can't read them, and packages that can do not
 * support compressed, 16-bit or top-down bitmaps. Checks that the data is long enough before allocating the pixels.
 */
export const openBmp: OpenPicture = (bytes) => {
  const header = readBmpHeader(bytes);
  const { width, height } = header;
  if (header.pixels + bytesNeeded(header) > bytes.length) throw truncated();
  if (isRunLength(header)) checkRuns(bytes, header);
  return { width, height, decode: () => ({ width, height, data: decodeBmp(bytes, header) }) };
};

const isRunLength = ({ compression }: BmpHeader) => compression === RLE8 || compression === RLE4;

/**
 * Decodes a bitmap: 1, 2, 4, 8 (palette), 16, 24 and 32 bits per pixel, run-length compression, any masks, alpha on
 * white.
 *
 * @returns [height, width, 3] red, green, blue, 0..255
 */
function decodeBmp(bytes: Uint8Array, header: BmpHeader): Uint8Array {
  const { width, height, bits } = header;
  const out = new Uint8Array(width * height * 3);
  if (isRunLength(header)) {
    const indices = unpackRuns(bytes, header);
    for (let y = 0; y < height; y++) paint(out, header, y, (x) => indices[y * width + x]!);
    return out;
  }
  const toColours = bits > 8 && bits !== 24 ? unmasker(bytes, header) : null;
  for (let y = 0; y < height; y++) {
    const row = header.pixels + y * rowBytes(header);
    if (bits <= 8) {
      const perByte = 8 / bits;
      const mask = (1 << bits) - 1;
      paint(out, header, y, (x) => {
        const shift = 8 - bits * ((x % perByte) + 1);
        return (bytes[row + Math.floor(x / perByte)]! >> shift) & mask;
      });
    } else if (toColours) {
      toColours(out, y, row);
    } else {
      let to = outRow(header, y) * width * 3;
      for (let from = row, end = row + 3 * width; from < end; from += 3) {
        out[to++] = bytes[from + 2]!;
        out[to++] = bytes[from + 1]!;
        out[to++] = bytes[from]!;
      }
    }
  }
  return out;
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

/** A function that writes one stored row of 16 or 32 bits per pixel, each channel scaled from its mask to 0..255. */
function unmasker(bytes: Uint8Array, header: BmpHeader): (out: Uint8Array, y: number, row: number) => void {
  const channels = header.masks.map((mask) => {
    const shift = mask === 0 ? 0 : 31 - Math.clz32(mask & -mask);
    const most = mask >>> shift;
    return (pixel: number) => (most === 0 ? 255 : Math.floor((((pixel & mask) >>> shift) * 255) / most));
  });
  const pixelAt = pixelReader(bytes, header);
  const hasAlpha = usesAlpha(header, pixelAt);
  return (out, y, row) => {
    let to = outRow(header, y) * header.width * 3;
    for (let x = 0; x < header.width; x++) {
      const pixel = pixelAt(row, x);
      const alpha = hasAlpha ? channels[3]!(pixel) : 255;
      for (let c = 0; c < 3; c++) out[to++] = Math.round(255 + ((channels[c]!(pixel) - 255) * alpha) / 255);
    }
  };
}

/** A function that reads pixel x (16 or 32 bits) of the row that begins at `row`. */
function pixelReader(bytes: Uint8Array, { bits }: BmpHeader): (row: number, x: number) => number {
  return (row, x) => {
    const at = row + x * (bits / 8);
    const low = bytes[at]! | (bytes[at + 1]! << 8);
    return bits === 32 ? low | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24) : low;
  };
}

/** Whether alpha is used. Many writers state its mask but leave it 0 everywhere: such a picture is opaque. */
function usesAlpha(header: BmpHeader, pixelAt: (row: number, x: number) => number): boolean {
  const mask = header.masks[3];
  if (mask === 0) return false;
  for (let y = 0; y < header.height; y++) {
    const row = header.pixels + y * rowBytes(header);
    for (let x = 0; x < header.width; x++) if ((pixelAt(row, x) & mask) !== 0) return true;
  }
  return false;
}
