import type { Picture, Walk } from './format.ts';
import { TiffFile } from './tiff-directory.ts';

const ORIENTATION = 274;

/** @param exif an EXIF block, with or without a leading `Exif\0\0`. @returns 1..8; undefined if not stated */
export function exifOrientation(exif: Uint8Array): number | undefined {
  const marked = Buffer.from(exif.subarray(0, 6)).toString('latin1') === 'Exif\0\0';
  return new TiffFile(marked ? exif.subarray(6) : exif).pages()[0]?.numbers(ORIENTATION)[0];
}

/** @param xmp an XMP packet. @returns 1..8; undefined if not stated */
export function xmpOrientation(xmp: Uint8Array): number | undefined {
  const found = /tiff:Orientation(?:="|>)([0-9])/.exec(Buffer.from(xmp).toString('latin1'));
  return found ? Number(found[1]) : undefined;
}

/**
 * Whether an AVIF picture has an orientation of its own (boxes `irot` and `imir`) or in EXIF, so that XMP is ignored.
 * The decoder applies the boxes; EXIF must not rotate the picture again.
 */
export function isAvifOriented(bytes: Uint8Array, exif: Uint8Array | undefined): boolean {
  const header = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 65_536));
  const turns = header.includes('irot', 0, 'latin1') || header.includes('imir', 0, 'latin1');
  return turns || (exif !== undefined && exifOrientation(exif) !== undefined);
}

/** Whether this orientation exchanges width and height. */
export function isTurned(orientation: number): boolean {
  return orientation >= 5 && orientation <= 8;
}

/**
 * Applies an orientation. A picture in the decoder's memory stays there, and can't be used any more where the result is
 * another one.
 *
 * @param orientation EXIF value, 1 to 8; any other changes nothing
 */
export function orient(picture: Picture, orientation: number): Picture {
  const walk = walkOf(picture, orientation);
  if (!walk) return picture;
  if (picture.oriented) return picture.oriented(walk);
  const { width, height, start, across, down } = walk;
  const { data } = picture;
  const out = new Uint8Array(data.length);
  for (let y = 0, to = 0; y < height; y++) {
    let from = start + y * down;
    for (let x = 0; x < width; x++, from += across) {
      out[to++] = data[from]!;
      out[to++] = data[from + 1]!;
      out[to++] = data[from + 2]!;
    }
  }
  return { width, height, data: out };
}

function walkOf({ width, height }: Picture, orientation: number): Walk | undefined {
  const row = 3 * width;
  const last = 3 * width * height - 3;
  const walks: Record<number, [start: number, across: number, down: number]> = {
    2: [row - 3, -3, row],
    3: [last, -3, -row],
    4: [last - row + 3, 3, -row],
    5: [0, row, 3],
    6: [last - row + 3, -row, 3],
    7: [last, -row, -3],
    8: [row - 3, row, -3],
  };
  const walk = walks[orientation];
  if (!walk) return undefined;
  const [start, across, down] = walk;
  const turned = isTurned(orientation);
  return { width: turned ? height : width, height: turned ? width : height, start, across, down };
}
