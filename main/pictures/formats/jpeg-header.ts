import { isSrgb } from '../icc.ts';
import { EXIF, jpegSize, segments, XMP } from './jpeg-orientation.ts';
import { exifOrientation, isTurned, xmpOrientation } from './orientation.ts';

const ICC = Buffer.from('ICC_PROFILE\0', 'latin1');
const APP1 = 0xe1;
const APP2 = 0xe2;

/** The header of a JPEG whose pixels need no colour conversion beyond the decoder's. */
export interface PlainHeader {
  /** Tells it from what libvips reads, which has a `size` as well. */
  isPlain: true;
  /** In pixels, after applying the orientation. */
  size: { width: number; height: number };
  /** 1..8; that of EXIF, otherwise of XMP. */
  orientation: number;
}

/**
 * Reads the header of a plain JPEG: without a profile or with sRGB, and at most one EXIF and one XMP segment.
 *
 * @returns null for others, which are left to libvips
 */
export function readPlainHeader(bytes: Uint8Array): PlainHeader | null {
  const size = jpegSize(bytes);
  if (!size) return null;
  const found: Record<'exif' | 'xmp' | 'icc', Uint8Array[]> = { exif: [], xmp: [], icc: [] };
  for (const { marker, start, end } of segments(bytes)) {
    const content = bytes.subarray(start, end);
    if (marker === APP1 && begins(content, EXIF)) found.exif.push(content.subarray(EXIF.length));
    else if (marker === APP1 && begins(content, XMP)) found.xmp.push(content);
    else if (marker === APP2 && begins(content, ICC)) found.icc.push(content);
  }
  const { exif, xmp, icc } = found;
  if (exif.length > 1 || xmp.length > 1 || icc.length > 1) return null;
  // After the name: the number of this part of the profile, and of all.
  if (icc[0] && !isSrgb(icc[0].subarray(ICC.length + 2))) return null;
  const orientation = (exif[0] && exifOrientation(exif[0])) ?? (xmp[0] && xmpOrientation(xmp[0])) ?? 1;
  const { width, height } = size;
  return {
    isPlain: true,
    size: isTurned(orientation) ? { width: height, height: width } : { width, height },
    orientation,
  };
}

function begins(content: Uint8Array, name: Buffer): boolean {
  return name.equals(content.subarray(0, name.length));
}
