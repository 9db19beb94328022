import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { decodePicture, type Picture } from '../../main/pictures/decode.ts';
import { resizeBilinear, resizeNearest } from '../../main/pictures/resize.ts';

/** Written by test/reference/pillow/make_pillow.py. */
interface Expected {
  source: string;
  decode: Record<string, { width: number; height: number; sha256?: string; onWhite?: string }>;
  resize: {
    height: number;
    width: number;
    toWidth: number;
    toHeight: number;
    bilinear: string;
    nearest: string;
  }[];
}
const reference = new URL('../reference/', import.meta.url);
const expected = JSON.parse(readFileSync(new URL('pillow/expected.json', reference), 'utf8')) as Expected;
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

describe('decodePicture gives the pixels Pillow gives', () => {
  for (const [name, entry] of Object.entries(expected.decode)) {
    test(name, async () => {
      const picture = await decodePicture(readFileSync(new URL(`pictures/${name}`, reference)));
      expect([picture.width, picture.height]).toEqual([entry.width, entry.height]);
      expect(picture.data.length).toBe(3 * entry.width * entry.height);
      if (entry.sha256) {
        expect(sha256(picture.data)).toBe(entry.sha256);
      } else {
        const onWhite = Buffer.from(entry.onWhite!, 'base64');
        const differences = picture.data.map((value, i) => Math.abs(value - onWhite[i]!));
        expect(Math.max(...differences)).toBeLessThanOrEqual(1);
      }
    });
  }
});

/** As in make_pillow.py. */
function pattern(width: number, height: number): Picture {
  const data = new Uint8Array(width * height * 3);
  let i = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < 3; c++) data[i++] = (x * x * 11 + y * 37 + x * y * 5 + c * 53) % 256;
    }
  }
  return { width, height, data };
}

describe('resizing gives the pixels Pillow gives', () => {
  for (const { width, height, toWidth, toHeight, bilinear, nearest } of expected.resize) {
    test(`${width} × ${height} → ${toWidth} × ${toHeight}`, () => {
      const picture = pattern(width, height);
      expect(sha256(resizeBilinear(picture, toWidth, toHeight).data)).toBe(bilinear);
      expect(sha256(resizeNearest(picture, toWidth, toHeight).data)).toBe(nearest);
    });
  }
});
