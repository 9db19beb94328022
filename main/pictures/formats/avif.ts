import { TwofoldError } from '../../../shared/errors.ts';
import { boxes } from './bmff.ts';
import type { OpenPicture } from './format.ts';
import { openWithVips } from './vips.ts';

/** Offset of the major brand in an ISO base media file. */
const BRAND_AT = 8;
const STILL_BRANDS = ['avif', 'mif1'];

/**
 * Reads AVIF. For a sequence, reads the still picture that writers store with it, which is its first frame: libvips can
 * decode it once the brand of the file, which it does not know, is changed.
 */
export const openAvif: OpenPicture = (bytes) => {
  const brand = Buffer.from(bytes.subarray(BRAND_AT, BRAND_AT + 4)).toString('latin1');
  if (STILL_BRANDS.includes(brand)) return openWithVips(bytes, 'avif');
  if (isOnlySequence(bytes)) {
    throw new TwofoldError(
      'unsupported',
      'It is an AVIF animation without a still picture, which Twofold does not read. Convert it to GIF or WebP.',
    );
  }
  const still = Uint8Array.from(bytes);
  still.set(Buffer.from('avif'), BRAND_AT);
  return openWithVips(still, 'avif');
};

/** Whether there is a sequence and no still picture; false if the file is truncated before this is known. */
function isOnlySequence(bytes: Uint8Array): boolean {
  try {
    const types = [...boxes(bytes)].map(({ type }) => type);
    return types.includes('moov') && !types.includes('meta');
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
