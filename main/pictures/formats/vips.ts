import type { Metadata, Sharp, SharpOptions } from 'sharp';
import { isSrgb } from '../icc.ts';
import { sharp } from '../sharp.ts';
import type { PictureFormat } from '../sniff.ts';
import { explainVips } from './errors.ts';
import type { OpenedPicture, Picture } from './format.ts';
import { isAvifOriented, isTurned, orient, xmpOrientation } from './orientation.ts';

/** `decode.ts` checks the number of pixels, with a clear message. Truncated pictures are errors, never half grey. */
const SHARP_OPTIONS: SharpOptions = { failOn: 'error', limitInputPixels: false };

export interface VipsOptions {
  /** 1..8; overrides that of `readMetadata`. */
  orientation?: number | undefined;
  /** Bits that 16-bit pictures use. Default 16. */
  bits16?: number | undefined;
}

/** Opens a picture with libvips, for formats that need nothing else. Throws as `OpenPicture` does. */
export async function openWithVips(
  bytes: Uint8Array,
  format: PictureFormat,
  { orientation, bits16 }: VipsOptions = {},
): Promise<OpenedPicture> {
  const metadata = await readMetadata(bytes, format, orientation);
  return {
    ...metadata.autoOrient,
    decode: () => decodeWithVips(bytes, format, metadata, { bits16 }),
    ...(metadata.depth === 'ushort' && { measure: () => bitsUsed(bytes, format, metadata) }),
  };
}

/** Bits of the largest sample, without alpha. */
async function bitsUsed(bytes: Uint8Array, format: PictureFormat, metadata: Metadata): Promise<number> {
  try {
    const { channels } = await sharp(bytes, { ...SHARP_OPTIONS, ignoreIcc: true }).stats();
    const colours = channels.slice(0, metadata.hasAlpha ? -1 : undefined);
    return Math.floor(Math.max(...colours.map(({ max }) => max))).toString(2).length;
  } catch (error) {
    throw explainVips(error, format);
  }
}

/** Metadata with the `orientation` to apply, 1 to 8: that of EXIF, otherwise of XMP. */
export type OrientedMetadata = Metadata & { orientation: number };

/** Reads the header. `autoOrient` is the size after applying the orientation. */
export async function readMetadata(
  bytes: Uint8Array,
  format: PictureFormat,
  orientation?: number,
): Promise<OrientedMetadata> {
  try {
    const metadata = await sharp(bytes, SHARP_OPTIONS).metadata();
    const { exif, xmp } = metadata;
    const askXmp = xmp && !(format === 'avif' && isAvifOriented(bytes, exif));
    const found = orientation ?? metadata.orientation ?? (askXmp ? xmpOrientation(xmp) : undefined) ?? 1;
    const [width, height] = isTurned(found)
      ? [metadata.height, metadata.width]
      : [metadata.width, metadata.height];
    return { ...metadata, orientation: found, autoOrient: { width, height } };
  } catch (error) {
    throw explainVips(error, format);
  }
}

/** Decodes a picture: applies orientation and profile (unless sRGB), composites on white, converts grey to RGB. */
export async function decodeWithVips(
  bytes: Uint8Array,
  format: PictureFormat,
  metadata: OrientedMetadata,
  { failOn = 'error', bits16 = 16 }: { failOn?: 'error' | 'warning'; bits16?: number | undefined } = {},
): Promise<Picture> {
  const keepCmyk = metadata.space === 'cmyk' && !metadata.hasProfile;
  const ignoreIcc = !metadata.icc || isSrgb(metadata.icc);
  let image: Sharp = sharp(bytes, { ...SHARP_OPTIONS, failOn, ignoreIcc });
  if (keepCmyk) image = image.pipelineColourspace('cmyk').toColourspace('cmyk');
  else image = image.toColourspace('srgb');
  if (metadata.hasAlpha) image = image.flatten({ background: '#ffffff' });
  if (metadata.depth === 'ushort' && bits16 < 16) image = image.linear(2 ** (16 - bits16), 0);
  try {
    const { data, info } = await image.raw().toBuffer({ resolveWithObject: true });
    const { width, height, channels } = info;
    return orient({ width, height, data: toRgb(data, channels, keepCmyk) }, metadata.orientation);
  } catch (error) {
    throw explainVips(error, format);
  }
}

/**
 * Decodes samples as stored, without any conversion.
 *
 * @param channels samples per pixel
 * @returns [height, width, channels]
 */
export async function decodeSamples(
  bytes: Uint8Array,
  format: PictureFormat,
  channels: number,
  bits: 8 | 16,
): Promise<Uint8Array | Uint16Array> {
  const space = channels >= 3 ? (bits === 8 ? 'srgb' : 'rgb16') : bits === 8 ? 'b-w' : 'grey16';
  const read = async (image: Sharp) => {
    const stored = image.pipelineColourspace(space).toColourspace(space);
    const data = new Uint8Array(await stored.raw({ depth: bits === 8 ? 'uchar' : 'ushort' }).toBuffer());
    return bits === 8 ? data : new Uint16Array(data.buffer);
  };
  const open = () => sharp(bytes, { ...SHARP_OPTIONS, ignoreIcc: true, limitInputChannels: false });
  try {
    if (channels !== 2) return await read(open());
    // sharp drops the second band of grey, so each is extracted separately.
    const [first, second] = [await read(open().extractChannel(0)), await read(open().extractChannel(1))];
    const both = bits === 8 ? new Uint8Array(2 * first.length) : new Uint16Array(2 * first.length);
    for (let i = 0; i < first.length; i++) both.set([first[i]!, second[i]!], 2 * i);
    return both;
  } catch (error) {
    throw explainVips(error, format);
  }
}

/** Converts the output of sharp (1 or 2 channels of grey, RGB, RGBA or CMYK) to three channels. */
function toRgb(data: Uint8Array, channels: number, cmyk: boolean): Uint8Array {
  // Copied out of sharp's WebAssembly memory, which may change while other threads read it.
  if (channels === 3) return new Uint8Array(data);
  const count = data.length / channels;
  const rgb = new Uint8Array(count * 3);
  for (let i = 0, from = 0, to = 0; i < count; i++, from += channels, to += 3) {
    if (cmyk) {
      const light = 255 - data[from + 3]!;
      for (let c = 0; c < 3; c++) {
        // Pillow's cmyk2rgb: white minus ink, scaled by 255 minus black; the division by 255 is rounded.
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
