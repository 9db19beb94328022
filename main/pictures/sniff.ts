import { rawKind } from './formats/raw-kind.ts';

/** Formats that `decodePicture` reads. */
export const PICTURE_FORMATS = [
  'jpeg',
  'png',
  'webp',
  'gif',
  'bmp',
  'tiff',
  'avif',
  'heif',
  'raw',
  'pnm',
] as const;
export type PictureFormat = (typeof PICTURE_FORMATS)[number];

/** The common formats, for messages. */
export const SUPPORTED = 'JPEG, PNG, WebP, GIF, BMP, TIFF, HEIC or AVIF';

/** The kind of a file, by its content. */
export type Sniffed =
  | { kind: 'picture'; format: PictureFormat }
  /** Recognised, but not read; `name` is for messages. */
  | { kind: 'unsupported'; name: string }
  | { kind: 'text' }
  | { kind: 'empty' }
  | { kind: 'unknown' };

const picture = (format: PictureFormat): Sniffed => ({ kind: 'picture', format });
const unsupported = (name: string): Sniffed => ({ kind: 'unsupported', name });

/** Brands of ISO base media files (`ftyp` box) with HEIF pictures, mostly HEVC (HEIC). */
const HEIF_BRANDS = new Set('heic heix heim heis hevc hevx hevm hevs mif1 mif2 mif3 msf1 jpeg'.split(' '));

/** Formats that are recognised but not read, by their first bytes (Latin-1). */
const OTHERS: readonly [start: string, name: string][] = [
  ['DDS ', 'a texture (DDS)'],
  ['icns', 'an icon (ICNS)'],
  ['\x01\xda\0\x01', 'an SGI picture'],
  ['\x01\xda\x01\x01', 'an SGI picture'],
  ['\x59\xa6\x6a\x95', 'a Sun raster picture'],
  ['\x0a\x05\x01', 'a PCX picture'],
  ['SIMPLE  =', 'an astronomical picture (FITS)'],
  ['\x76\x2f\x31\x01', 'an OpenEXR picture'],
  ['#?RADIANCE', 'a Radiance picture (HDR)'],
  ['#?RGBE', 'a Radiance picture (HDR)'],
  ['qoif', 'a QOI picture'],
  ['%!PS', 'a PostScript document'],
  ['\xc5\xd0\xd3\xc6', 'a PostScript document'],
  ['/* XPM */', 'a picture as program text (XPM)'],
];
/** Offset of DICOM's signature. */
const DICOM_AT = 128;

/** Detects the format from the content, since extensions can be wrong: the first 4 KB, and the tags of a TIFF. */
export function sniff(bytes: Uint8Array): Sniffed {
  if (bytes.length === 0) return { kind: 'empty' };
  const latin = (start: number, end: number) => Buffer.from(bytes.subarray(start, end)).toString('latin1');
  const head = latin(0, 32);
  if (head.startsWith('\xff\xd8\xff')) return picture('jpeg');
  if (head.startsWith('\x89PNG\r\n\x1a\n')) return picture('png');
  if (head.startsWith('GIF87a') || head.startsWith('GIF89a')) return picture('gif');
  if (head.startsWith('RIFF') && head.slice(8, 12) === 'WEBP') return picture('webp');
  if (head.startsWith('BM') && isBmpHeader(bytes)) return picture('bmp');
  if (isBareBitmap(bytes)) return picture('bmp');
  if (rawKind(bytes) !== undefined) return picture('raw');
  if (/^(?:II[*+]\0|MM\0[*+])/.test(head)) return picture('tiff');
  if (head.slice(4, 8) === 'ftyp') return sniffBrands(bytes, latin);
  if (head.startsWith('\xff\x0a') || head.startsWith('\0\0\0\x0cJXL ')) {
    return unsupported('a JPEG XL picture');
  }
  if (head.startsWith('\0\0\0\x0cjP  ') || head.startsWith('\xff\x4f\xff\x51')) {
    return unsupported('a JPEG 2000 picture');
  }
  if (head.startsWith('P')) {
    const map = sniffPortableMap(latin(0, 4096));
    if (map) return map;
  }
  if (head.startsWith('8BPS')) return unsupported('a Photoshop document');
  if (head.startsWith('\0\0\x01\0') && bytes.length > 22) return unsupported('an icon (ICO)');
  if (latin(DICOM_AT, DICOM_AT + 4) === 'DICM') return unsupported('a medical picture (DICOM)');
  if (isCursor(bytes)) return unsupported('a mouse pointer (CUR)');
  if (isTarga(bytes)) return unsupported('a Targa picture (TGA)');
  const other = OTHERS.find(([beginning]) => head.startsWith(beginning));
  if (other) return unsupported(other[1]);
  const start = latin(0, 4096);
  if (start.slice(0, 1024).includes('%PDF-')) return unsupported('a PDF document');
  if (!isText(bytes.subarray(0, 4096))) return { kind: 'unknown' };
  return /<svg[\s>]/i.test(start) ? unsupported('an SVG drawing') : { kind: 'text' };
}

/** Whether the size of the second header is valid, since a text may also begin with `BM`. */
function isBmpHeader(bytes: Uint8Array): boolean {
  if (bytes.length < 18) return true; // too short for anything else: reported as truncated
  const size = bytes[14]! | (bytes[15]! << 8) | (bytes[16]! << 16) | (bytes[17]! << 24);
  return size === 12 || (size >= 16 && size <= 124);
}

/** Whether it is a bitmap without a file header (DIB), as in clipboards: a valid header size, then one plane. */
function isBareBitmap(bytes: Uint8Array): boolean {
  if (bytes.length < 16) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = view.getUint32(0, true);
  if (size === 12) return view.getUint16(8, true) === 1 && [1, 4, 8, 24].includes(view.getUint16(10, true));
  return [40, 52, 56, 64, 108, 124].includes(size) && view.getUint16(12, true) === 1;
}

/** A cursor file may begin like an uncompressed Targa picture, so its first picture must also be inside the file. */
function isCursor(bytes: Uint8Array): boolean {
  if (bytes.length < 22) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = view.getUint16(4, true);
  const [size, offset] = [view.getUint32(14, true), view.getUint32(18, true)];
  return (
    view.getUint32(0, true) === 0x20000 &&
    count > 0 &&
    size > 0 &&
    offset >= 6 + 16 * count &&
    offset + size <= bytes.length
  );
}

/**
 * Targa has no signature at its start. Recognised are files with the signature of version 2 at the end, and
 * uncompressed true-colour (type 2) or grey (type 3) pictures whose pixels fill the file.
 */
function isTarga(bytes: Uint8Array): boolean {
  if (bytes.length < 18) return false;
  if (Buffer.from(bytes.subarray(-18)).toString('latin1') === 'TRUEVISION-XFILE.\0') return true;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const bits = bytes[16]!;
  const fits = { 2: [16, 24, 32], 3: [8, 16] }[bytes[2]!]?.includes(bits) ?? false;
  const pixels = view.getUint16(12, true) * view.getUint16(14, true);
  const noColours = bytes[1] === 0 && bytes.subarray(3, 8).every((byte) => byte === 0);
  return fits && noColours && pixels > 0 && bytes.length === 18 + bytes[0]! + (pixels * bits) / 8;
}

/** Netpbm's signatures may also begin a text, so a header must follow. */
function sniffPortableMap(start: string): Sniffed | undefined {
  if (/^P[1-6](?:\s|#[^\n\r]*[\n\r])+\d+(?:\s|#[^\n\r]*[\n\r])+\d+\s/.test(start)) return picture('pnm');
  if (/^P7\n(?:#.*\n|\s)*(?:WIDTH|HEIGHT|DEPTH|MAXVAL|TUPLTYPE)\s/.test(start)) return picture('pnm');
  if (/^P7 332\s/.test(start)) return unsupported('a thumbnail of XV');
  return /^P[Ff]\s+\d+\s+\d+\s/.test(start)
    ? unsupported('a picture of floating-point numbers (PFM)')
    : undefined;
}

/** Distinguishes AVIF, HEIC and videos by the brands of their `ftyp` box. */
function sniffBrands(bytes: Uint8Array, latin: (start: number, end: number) => string): Sniffed {
  const length = Math.min((bytes[2]! << 8) | bytes[3]!, 256);
  const brands = new Set<string>();
  for (let at = 8; at + 4 <= length; at += 4) if (at !== 12) brands.add(latin(at, at + 4));
  if (brands.has('avif') || brands.has('avis')) return picture('avif');
  if ([...brands].some((brand) => HEIF_BRANDS.has(brand))) return picture('heif');
  return unsupported('a video');
}

/** Text in UTF-8 or an 8-bit encoding has no control characters but white space; UTF-16 starts with a mark. */
function isText(bytes: Uint8Array): boolean {
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) return true;
  return bytes.every((byte) => byte >= 32 || (byte >= 7 && byte <= 13) || byte === 27);
}
