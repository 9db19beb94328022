import { sharp } from '../sharp.ts';
import type { PictureFormat } from '../sniff.ts';
import type { Picture } from './format.ts';
import { decodeWithVips, readMetadata } from './vips.ts';

/** Pixels as decoded, before colour conversion: 3 channels, or 4 with alpha. */
export interface DevicePixels {
  width: number;
  height: number;
  channels: 3 | 4;
  /** [height, width, channels], 0..255. */
  data: Uint8Array;
}

let displayP3: Promise<Uint8Array> | undefined;

/** The ICC profile of Display P3, common in photographs from phones. */
export function displayP3Profile(): Promise<Uint8Array> {
  displayP3 ??= makeDisplayP3();
  return displayP3;
}

async function makeDisplayP3(): Promise<Uint8Array> {
  const black = sharp(Buffer.alloc(3), { raw: { width: 1, height: 1, channels: 3 } });
  const { icc } = await sharp(await black.withIccProfile('p3').png().toBuffer()).metadata();
  return new Uint8Array(icc!);
}

/**
 * Converts pixels to sRGB by a profile and composites alpha on white, exactly as for files with both: passes them to
 * libvips as an uncompressed TIFF.
 */
export async function convertToSrgb(
  pixels: DevicePixels,
  profile: Uint8Array,
  format: PictureFormat,
): Promise<Picture> {
  const bytes = toTiff(pixels, profile);
  return decodeWithVips(bytes, format, await readMetadata(bytes, format));
}

/** An uncompressed TIFF; its tags are sorted, as the standard requires. */
function toTiff({ width, height, channels, data }: DevicePixels, profile: Uint8Array): Uint8Array {
  const SHORT = 3;
  const LONG = 4;
  const UNDEFINED = 7;
  const rgb = 2;
  const unassociatedAlpha = 2;
  const tagCount = channels === 4 ? 11 : 10;
  const bitsAt = 8 + 2 + 12 * tagCount + 4;
  const profileAt = bitsAt + 8;
  const dataAt = profileAt + profile.length + (profile.length % 2);
  const tags: [tag: number, type: number, count: number, value: number][] = [
    [256, LONG, 1, width],
    [257, LONG, 1, height],
    [258, SHORT, channels, bitsAt],
    [259, SHORT, 1, 1],
    [262, SHORT, 1, rgb],
    [273, LONG, 1, dataAt],
    [277, SHORT, 1, channels],
    [278, LONG, 1, height],
    [279, LONG, 1, data.length],
    ...(channels === 4 ? ([[338, SHORT, 1, unassociatedAlpha]] as const) : []).map((tag) => [...tag] as [number, number, number, number]), // prettier-ignore
    [34675, UNDEFINED, profile.length, profileAt],
  ];
  const file = Buffer.alloc(dataAt + data.length);
  file.write('II*\0', 'latin1');
  file.writeUInt32LE(8, 4);
  file.writeUInt16LE(tagCount, 8);
  tags.forEach(([tag, type, count, value], i) => {
    const at = 10 + 12 * i;
    file.writeUInt16LE(tag, at);
    file.writeUInt16LE(type, at + 2);
    file.writeUInt32LE(count, at + 4);
    file.writeUInt32LE(value, at + 8);
  });
  for (let c = 0; c < channels; c++) file.writeUInt16LE(8, bitsAt + 2 * c);
  file.set(profile, profileAt);
  file.set(data, dataAt);
  return file;
}
