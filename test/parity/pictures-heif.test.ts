import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { decodePicture, probePicture } from '../../main/pictures/decode.ts';

/** Written by test/reference/heif/make_heif.py. */
interface Expected {
  decode: Record<
    string,
    { width: number; height: number; sha256?: string; pixels?: string; tolerance?: number }
  >;
}
const reference = new URL('../reference/', import.meta.url);
const expected = JSON.parse(readFileSync(new URL('heif/expected.json', reference), 'utf8')) as Expected;

describe('HEIC gives the pixels that pillow-heif gives', () => {
  test.each(Object.entries(expected.decode))('%s', async (name, entry) => {
    const bytes = readFileSync(new URL(`pictures/${name}`, reference));
    const size = { width: entry.width, height: entry.height };
    expect(await probePicture(bytes)).toEqual({ format: 'heif', ...size });
    const picture = await decodePicture(bytes);
    expect(picture).toMatchObject(size);
    expect(picture.data.length).toBe(3 * entry.width * entry.height);
    if (entry.sha256 !== undefined) {
      expect(createHash('sha256').update(picture.data).digest('hex')).toBe(entry.sha256);
    } else {
      const pixels = Buffer.from(entry.pixels!, 'base64');
      const differences = picture.data.map((value, i) => Math.abs(value - pixels[i]!));
      expect(Math.max(...differences)).toBeLessThanOrEqual(entry.tolerance!);
    }
  });
});
