import { damaged, truncated, type BmpHeader } from './bmp-header.ts';

type Runs = Pick<BmpHeader, 'width' | 'height' | 'bits' | 'pixels'>;

/**
 * Checks run-length data without allocating its pixels, so that a small file can't claim a large picture.
 *
 * @throws TwofoldError `bad-picture` if it is truncated, sets no pixel, or ends before the last row
 */
export function checkRuns(bytes: Uint8Array, header: Runs): void {
  let pixels = 0;
  const rows = walkRuns(bytes, header, () => pixels++);
  if (pixels === 0) throw damaged('its run-length data sets no pixels');
  if (rows < header.height) {
    throw damaged(`its run-length data ends in row ${rows} of ${header.height}`);
  }
}

/**
 * Decodes run-length data. Skipped pixels are 0.
 *
 * @returns [height, width] palette indices, in stored row order
 */
export function unpackRuns(bytes: Uint8Array, header: Runs): Uint8Array {
  const { width, height } = header;
  const indices = new Uint8Array(width * height);
  walkRuns(bytes, header, (x, y, index) => (indices[y * width + x] = index));
  return indices;
}

/** Calls `set` for each pixel. @returns the number of rows that the data reaches */
function walkRuns(
  bytes: Uint8Array,
  { width, height, bits, pixels }: Runs,
  set: (x: number, y: number, index: number) => void,
): number {
  const perByte = 8 / bits;
  const put = (x: number, y: number, index: number) => {
    if (x < width && y < height) set(x, y, index);
  };
  /** Palette index number i in the packed bytes from `at`. */
  const unpack = (at: number, i: number) => {
    const byte = bytes[at + Math.floor(i / perByte)]!;
    return bits === 8 ? byte : i % 2 === 0 ? byte >> 4 : byte & 15;
  };
  let at = pixels;
  let x = 0;
  let y = 0;
  while (y < height) {
    if (at + 2 > bytes.length) {
      if (y === height - 1 && x >= width) break; // only the end marker is missing
      throw truncated();
    }
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
  return Math.min(y + 1, height);
}
