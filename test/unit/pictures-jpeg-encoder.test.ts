import { describe, expect, test } from 'vitest';
import { decodeRgb, encodeRgb, hasCodec } from '../../main/pictures/jpeg-codec.ts';
import { filterFor } from '../../main/pictures/resize.ts';
import { sharp } from '../../main/pictures/sharp.ts';
import { byVips, encoded, pixels } from '../kit/jpeg.ts';

describe.runIf(hasCodec())('encodeRgb', () => {
  /** Mean squared difference. */
  const error = (a: Uint8Array, b: Uint8Array) => a.reduce((sum, value, i) => sum + (value - b[i]!) ** 2, 0) / a.length; // prettier-ignore

  test.each([50, 82, 95])(
    'is as close to the picture as libvips at quality %i, and as small',
    async (quality) => {
      const [width, height] = [224, 168];
      const raw = { width, height, channels: 3 } as const;
      const source = await sharp(pixels(width, height, 6), { raw })
        .blur(1.5)
        .raw()
        .toBuffer();
      const bytes = encodeRgb({ width, height, data: source }, quality)!;
      const theirs = await sharp(source, { raw }).jpeg({ quality, optimiseCoding: false }).toBuffer();
      expect(error(await byVips(bytes), source)).toBeLessThan(
        1.05 * error(await byVips(theirs), source) + 0.1,
      );
      expect(bytes.length).toBeLessThan(1.02 * theirs.length);
    },
  );

  test('encodes every size, extreme contrasts included, without a warning of libvips', async () => {
    for (let side = 1; side <= 50; side++) {
      const [width, height] = [side, 51 - side];
      const data = Uint8Array.from({ length: 3 * width * height }, (_, i) => (i % 2 ? 255 : 0));
      const bytes = encodeRgb({ width, height, data }, 100)!;
      const { info } = await sharp(bytes, { failOn: 'warning' }).raw().toBuffer({ resolveWithObject: true });
      expect([info.width, info.height]).toEqual([width, height]);
    }
  });

  const EDGES = [[67, 45], [8, 9], [1, 1], [17, 1], [1, 17], [15, 33], [2, 3], [31, 18], [24, 40], [16, 16]] as const; // prettier-ignore
  /** Smooth, so that any other colour beside the last column and row would show. */
  function smooth(width: number, height: number): Uint8Array {
    const data = new Uint8Array(3 * width * height);
    for (let y = 0, at = 0; y < height; y++) {
      for (let x = 0; x < width; x++, at += 3) {
        data.set([120 + 80 * Math.sin(x / 9 + y / 13), 120 + 90 * Math.cos(x / 11 - y / 7), 60 + x + y], at);
      }
    }
    return data;
  }

  // At low quality, what is beyond the edges shows within the blocks; at high quality, each wrong pixel does.
  test.each([
    { quality: 50, most: 12 },
    { quality: 82, most: 8 },
    { quality: 100, most: 6 },
  ])('encodes the edges of all sizes as libvips does: %j', async ({ quality, most }) => {
    for (const [width, height] of EDGES) {
      const data = smooth(width, height);
      const raw = { width, height, channels: 3 } as const;
      const expected = await byVips(await sharp(data, { raw }).jpeg({ quality }).toBuffer());
      const differences = (await byVips(encodeRgb({ data, width, height }, quality)!)).map((value, i) =>
        Math.abs(value - expected[i]!),
      );
      expect(differences).toHaveLength(data.length);
      expect(Math.max(...differences), `${width} × ${height}`).toBeLessThanOrEqual(most);
    }
  });

  test('encodes a resized picture without copying it, with the same bytes', async () => {
    const picture = decodeRgb(await encoded(301, 203, 7, {}))!;
    const steps = { across: 2, down: 2, rows: filterFor(150, 112), columns: filterFor(101, 76) };
    const data = picture.resized!(steps);
    expect(picture.resizedJpeg!(steps, 82)).toEqual(encodeRgb({ width: 112, height: 76, data }, 82));
    picture.release();
  });
});
