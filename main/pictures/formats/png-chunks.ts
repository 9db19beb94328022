import { inflateSync } from 'node:zlib';
import { exifOrientation, xmpOrientation } from './orientation.ts';

const SIGNATURE_BYTES = 8;
/** Maximum length of an inflated text: no orientation needs more, and a malicious one could fill the memory. */
const MAX_TEXT_BYTES = 2 ** 20;

/** The complete chunks of a PNG, in order. */
function* chunks(bytes: Uint8Array): Generator<{ type: string; body: Buffer }> {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = SIGNATURE_BYTES; at + 12 <= file.length;) {
    const length = file.readUInt32BE(at);
    if (at + 12 + length > file.length) return;
    yield { type: file.toString('latin1', at + 4, at + 8), body: file.subarray(at + 8, at + 8 + length) };
    at += 12 + length;
  }
}

/** The text of a `tEXt`, `zTXt` or `iTXt` chunk with this keyword; undefined for other or damaged chunks. */
function text(type: string, body: Buffer, keyword: string): Buffer | undefined {
  if (!body.subarray(0, keyword.length + 1).equals(Buffer.from(`${keyword}\0`, 'latin1'))) return undefined;
  const rest = body.subarray(keyword.length + 1);
  const inflate = (packed: Buffer) => {
    try {
      return inflateSync(packed, { maxOutputLength: MAX_TEXT_BYTES });
    } catch {
      return undefined;
    }
  };
  switch (type) {
    case 'tEXt':
      return rest;
    case 'zTXt':
      return inflate(rest.subarray(1));
    case 'iTXt': {
      // Compression flag and method, then language and translated keyword, each terminated by a zero.
      const start = rest.indexOf(0, rest.indexOf(0, 2) + 1) + 1;
      return rest[0] === 1 ? inflate(rest.subarray(start)) : rest.subarray(start);
    }
    default:
      return undefined;
  }
}

/** Decodes EXIF as ImageMagick stores it: hexadecimal digits after three header lines. */
function hexadecimal(profile: Buffer): Buffer {
  return Buffer.from(profile.toString('latin1').split('\n').slice(3).join(''), 'hex');
}

/**
 * The orientation of a PNG, from the same places as in Pillow: the `eXIf` chunk, otherwise a text chunk with EXIF,
 * otherwise XMP, anywhere in the file.
 *
 * @returns 1..8; 1 if not stated
 */
export function pngOrientation(bytes: Uint8Array): number {
  let exif: Buffer | undefined;
  let profile: Buffer | undefined;
  let xmp: Buffer | undefined;
  for (const { type, body } of chunks(bytes)) {
    if (type === 'eXIf') exif = body;
    profile = text(type, body, 'Raw profile type exif') ?? profile;
    xmp = text(type, body, 'XML:com.adobe.xmp') ?? xmp;
  }
  exif ??= profile && hexadecimal(profile);
  return (exif && exifOrientation(exif)) ?? (xmp && xmpOrientation(xmp)) ?? 1;
}
