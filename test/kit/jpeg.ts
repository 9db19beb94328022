/** JPEG files for tests, and what libvips reads from them. */
import { decodeWithVips, readMetadata } from '../../main/pictures/formats/vips.ts';
import { pictureRng } from '../../main/pictures/random.ts';
import { sharp } from '../../main/pictures/sharp.ts';

/** Smooth colours with noise, so that every coefficient of the transform occurs. */
export function pixels(width: number, height: number, seed: number): Uint8Array {
  const random = pictureRng(seed, 0, 0);
  return Uint8Array.from(
    { length: 3 * width * height },
    (_, i) => Math.floor(200 * Math.abs(Math.sin(i / (7 + seed)))) + Math.floor(56 * random()),
  );
}

/** As sharp encodes `pixels`. */
export const encoded = (width: number, height: number, seed: number, options: object): Promise<Buffer> =>
  sharp(pixels(width, height, seed), { raw: { width, height, channels: 3 } })
    .jpeg(options)
    .toBuffer();

/** The pixels that libvips decodes, as they are stored: `[height, width, 3]`. */
export const byVips = async (bytes: Uint8Array): Promise<Uint8Array> =>
  (await decodeWithVips(bytes, 'jpeg', { ...(await readMetadata(bytes, 'jpeg')), orientation: 1 })).data;
