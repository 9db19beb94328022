import type { Metadata, Sharp, SharpOptions } from 'sharp';
import { TwofoldError } from '../../shared/errors.ts';
import { decodeBmp, readBmpHeader } from './bmp.ts';
import { isSrgb } from './icc.ts';
import { sharp } from './sharp.ts';
import { sniff, SUPPORTED, type PictureFormat } from './sniff.ts';

/** Decoded pixels. */
export interface Picture {
  width: number;
  height: number;
  /** [height, width, 3] red, green, blue in sRGB, 0..255. */
  data: Uint8Array;
}

/** What the header of a picture says. */
export interface PictureInfo {
  format: PictureFormat;
  /** As shown, that is after the EXIF orientation. */
  width: number;
  height: number;
}

export interface DecodeOptions {
  /** Pictures with more pixels are refused before they are decoded. Default 250 megapixels. */
  maxPixels?: number | undefined;
}

export const DEFAULT_MAX_PIXELS = 250_000_000;

/** The limit is checked by us, for a message of ours. A picture cut off anywhere is an error, never a grey half. */
const SHARP_OPTIONS: SharpOptions = { failOn: 'error', limitInputPixels: false };

/**
 * Decodes a picture; the format is found from its content. Of an animation, the first frame. EXIF orientation is
 * applied, transparency is laid on white, grey becomes RGB, 16 bits become 8 by their upper byte. Pixels are sRGB: an
 * embedded profile is applied unless it is sRGB itself; without one, CMYK is converted by Pillow's formula.
 * JPEG gives the very bytes that libjpeg-turbo gives Pillow.
 *
 * @returns [height, width, 3], 0..255
 * @throws TwofoldError `unsupported` for a format that is recognised but not read (HEIC, SVG, PDF …), `bad-picture`
 *   for anything else that can't be decoded, is cut off or has too many pixels
 */
export async function decodePicture(bytes: Uint8Array, options: DecodeOptions = {}): Promise<Picture> {
  return (await decodeWithInfo(bytes, options)).picture;
}

/** Reads format and size from the header, without decoding. Throws as `decodePicture` does. */
export async function probePicture(bytes: Uint8Array, options: DecodeOptions = {}): Promise<PictureInfo> {
  return (await readHeader(bytes, options)).info;
}

/** `decodePicture` and `probePicture` in one. */
export async function decodeWithInfo(
  bytes: Uint8Array,
  options: DecodeOptions = {},
): Promise<{ picture: Picture; info: PictureInfo }> {
  const header = await readHeader(bytes, options);
  const { info } = header;
  if (header.kind === 'bmp') {
    return { picture: { width: info.width, height: info.height, data: decodeBmp(bytes, header.bmp) }, info };
  }
  const { metadata } = header;
  const keepCmyk = metadata.space === 'cmyk' && !metadata.hasProfile;
  const ignoreIcc = !metadata.icc || isSrgb(metadata.icc);
  let image: Sharp = sharp(bytes, { ...SHARP_OPTIONS, ignoreIcc, autoOrient: true });
  if (keepCmyk) image = image.pipelineColourspace('cmyk').toColourspace('cmyk');
  else image = image.toColourspace('srgb');
  if (metadata.hasAlpha) image = image.flatten({ background: '#ffffff' });
  try {
    const { data, info: raw } = await image.raw().toBuffer({ resolveWithObject: true });
    const rgb = toRgb(data, raw.channels, keepCmyk);
    return { picture: { width: raw.width, height: raw.height, data: rgb }, info };
  } catch (error) {
    throw explain(error, info.format);
  }
}

type Header =
  | { kind: 'bmp'; info: PictureInfo; bmp: ReturnType<typeof readBmpHeader> }
  | { kind: 'sharp'; info: PictureInfo; metadata: Metadata };

async function readHeader(bytes: Uint8Array, options: DecodeOptions): Promise<Header> {
  const format = pictureFormat(bytes);
  let header: Header;
  if (format === 'bmp') {
    const bmp = readBmpHeader(bytes);
    header = { kind: 'bmp', info: { format, width: bmp.width, height: bmp.height }, bmp };
  } else {
    try {
      const metadata = await sharp(bytes, SHARP_OPTIONS).metadata();
      header = { kind: 'sharp', info: { format, ...metadata.autoOrient }, metadata };
    } catch (error) {
      throw explain(error, format);
    }
  }
  const { width, height } = header.info;
  const maxPixels = options.maxPixels ?? DEFAULT_MAX_PIXELS;
  if (width * height > maxPixels) {
    throw new TwofoldError(
      'bad-picture',
      `The picture is too large: ${width} × ${height} are ${megapixels(width * height)} megapixels, ` +
        `at most ${megapixels(maxPixels)} are read. Scale it down.`,
    );
  }
  return header;
}

/** The format, or an error that names what the file is instead. */
function pictureFormat(bytes: Uint8Array): PictureFormat {
  const sniffed = sniff(bytes);
  switch (sniffed.kind) {
    case 'picture':
      return sniffed.format;
    case 'unsupported':
      throw new TwofoldError(
        'unsupported',
        `It is ${sniffed.name}, which Twofold does not read. Convert it to ${SUPPORTED}.`,
      );
    case 'empty':
      throw new TwofoldError('bad-picture', 'The file is empty (0 bytes).');
    case 'text':
      throw new TwofoldError('bad-picture', `It holds text, not a picture. Expected ${SUPPORTED}.`);
    case 'unknown':
      throw new TwofoldError('bad-picture', `It is not a picture of a known kind. Expected ${SUPPORTED}.`);
  }
}

function megapixels(pixels: number): string {
  return (pixels / 1e6).toFixed(pixels < 1e7 ? 1 : 0);
}

/** Brings what sharp gives (1 or 2 channels of grey, RGB, RGBA or CMYK) to three channels. */
function toRgb(data: Uint8Array, channels: number, cmyk: boolean): Uint8Array {
  // sharp's buffers lie in its WebAssembly memory, which other threads would see change: pixels get memory of their own.
  if (channels === 3) return new Uint8Array(data);
  const count = data.length / channels;
  const rgb = new Uint8Array(count * 3);
  for (let i = 0, from = 0, to = 0; i < count; i++, from += channels, to += 3) {
    if (cmyk) {
      const light = 255 - data[from + 3]!;
      for (let c = 0; c < 3; c++) {
        // Pillow's cmyk2rgb: white minus ink, scaled by what black leaves; the division by 255 is rounded.
        const product = data[from + c]! * light + 128;
        rgb[to + c] = light - (((product >> 8) + product) >> 8);
      }
    } else {
      const grey = channels < 3;
      rgb[to] = data[from]!;
      rgb[to + 1] = data[grey ? from : from + 1]!;
      rgb[to + 2] = data[grey ? from : from + 2]!;
    }
  }
  return rgb;
}

/** Turns libvips' message into a reason a person understands, and keeps it as the cause. */
function explain(error: unknown, format: PictureFormat): unknown {
  if (!(error instanceof Error)) return error;
  const name = format === 'webp' ? 'WebP' : format.toUpperCase();
  const cutOff =
    /premature|truncat|unexpected end|end of file|bad seek|read error|too short|unable to parse/i;
  const sentence = cutOff.test(error.message)
    ? `The picture (${name}) ends too early or is damaged: it was not copied or downloaded whole. Fetch it again.`
    : `The picture (${name}) is damaged and can't be read (${error.message.split('\n')[0] ?? ''}). Fetch it again.`;
  return new TwofoldError('bad-picture', sentence, { cause: error });
}
