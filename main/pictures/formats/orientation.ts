import type { Picture } from './format.ts';
import { TiffFile } from './tiff-directory.ts';

const ORIENTATION = 274;

/** @param exif an EXIF block, with or without `Exif\0\0` before it. @returns undefined where it names no orientation */
export function exifOrientation(exif: Uint8Array): number | undefined {
  const marked = Buffer.from(exif.subarray(0, 6)).toString('latin1') === 'Exif\0\0';
  return new TiffFile(marked ? exif.subarray(6) : exif).pages()[0]?.numbers(ORIENTATION)[0];
}

/** @param xmp an XMP packet. @returns undefined where it names no orientation */
export function xmpOrientation(xmp: Uint8Array): number | undefined {
  const found = /tiff:Orientation(?:="|>)([0-9])/.exec(Buffer.from(xmp).toString('latin1'));
  return found ? Number(found[1]) : undefined;
}

/**
 * Whether a file's own orientation (boxes `irot` and `imir`) or EXIF comes before XMP in an AVIF picture. Its decoder
 * applies the boxes, and EXIF must not turn the picture once more.
 */
export function isAvifOriented(bytes: Uint8Array, exif: Uint8Array | undefined): boolean {
  const header = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 65_536));
  const turns = header.includes('irot', 0, 'latin1') || header.includes('imir', 0, 'latin1');
  return turns || (exif !== undefined && exifOrientation(exif) !== undefined);
}

/** Whether a picture of this orientation is shown with width and height exchanged. */
export function isTurned(orientation: number): boolean {
  return orientation >= 5 && orientation <= 8;
}

/** Turns a picture upright. @param orientation as EXIF counts, 1 to 8; any other leaves it as it is */
export function orient(picture: Picture, orientation: number): Picture {
  const { width, height, data } = picture;
  const row = 3 * width;
  const last = data.length - 3;
  // Where the first pixel of the result comes from, and how far it is from there to the next one across and down.
  const walks: Record<number, [number, number, number]> = {
    2: [row - 3, -3, row],
    3: [last, -3, -row],
    4: [last - row + 3, 3, -row],
    5: [0, row, 3],
    6: [last - row + 3, -row, 3],
    7: [last, -row, -3],
    8: [row - 3, row, -3],
  };
  const walk = walks[orientation];
  if (!walk) return picture;
  const [start, across, down] = walk;
  const turned = isTurned(orientation);
  const shown = { width: turned ? height : width, height: turned ? width : height };
  const out = new Uint8Array(data.length);
  for (let y = 0, to = 0; y < shown.height; y++) {
    let from = start + y * down;
    for (let x = 0; x < shown.width; x++, from += across) {
      out[to++] = data[from]!;
      out[to++] = data[from + 1]!;
      out[to++] = data[from + 2]!;
    }
  }
  return { ...shown, data: out };
}
