import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { decodePicture, type Picture } from '../../main/pictures/decode.ts';
import { HeifFile } from '../../main/pictures/libheif.ts';
import { TwofoldError } from '../../shared/errors.ts';

const fixture = (name: string) =>
  new Uint8Array(readFileSync(new URL(`../reference/pictures/${name}`, import.meta.url)));

/** Mean difference of two pictures of the same size. */
function difference(a: Picture, b: Picture): number {
  expect([a.width, a.height]).toEqual([b.width, b.height]);
  return a.data.reduce((sum, value, i) => sum + Math.abs(value - b.data[i]!), 0) / a.data.length;
}

/** The bytes after the header: they are coded pixels in all of these files. */
const middle = (bytes: Uint8Array) => Math.floor(bytes.length * 0.6);

const whole = ['heic-8bit.heic', 'heic-10bit.heic', 'heic-alpha.heic', 'heic-tiles.heic', 'heic-p3-profile.heic']; // prettier-ignore

describe('a HEIC file that is damaged', () => {
  test.each(whole)('%s, cut off anywhere', async (name) => {
    const bytes = fixture(name);
    for (const share of [0.05, 0.25, 0.5, 0.9]) {
      await expect(decodePicture(bytes.subarray(0, Math.floor(bytes.length * share)))).rejects.toMatchObject({
        code: 'bad-picture',
        message: expect.stringMatching(
          /\(HEIC\) (ends too early|is damaged)[^.]*\. Copy or download it again\.$/,
        ) as string,
      });
    }
  });

  test.each(whole)('%s, with a hole of zeros', async (name) => {
    for (const [from, bytes] of [
      [0.6, 8],
      [0.6, 200],
      [0.9, Infinity],
    ] as const) {
      const damaged = fixture(name);
      const start = Math.floor(damaged.length * from);
      damaged.fill(0, start, Math.min(damaged.length, start + bytes));
      await expect(decodePicture(damaged)).rejects.toMatchObject({
        code: 'bad-picture',
        message: expect.stringContaining('Copy or download it again.') as string,
      });
    }
  });

  test('at random places: an error or pixels, and the next file is read as ever', async () => {
    const sound = await decodePicture(fixture('heic-8bit.heic'));
    for (const name of whole) {
      for (let trial = 0; trial < 60; trial++) {
        const bytes = fixture(name);
        for (let i = 0; i < 6; i++) bytes[(trial * 7919 + i * 104_729) % bytes.length]! ^= 0x55 + i;
        try {
          const { width, height, data } = await decodePicture(bytes, { maxPixels: 1e6 });
          expect(data.length).toBe(width * height * 3);
        } catch (error) {
          expect(error).toBeInstanceOf(TwofoldError);
        }
      }
    }
    expect(await decodePicture(fixture('heic-8bit.heic'))).toEqual(sound);
  });

  test('in its thumbnail only: it is read', async () => {
    const bytes = fixture('heic-thumbnail.heic');
    const sound = await decodePicture(bytes);
    bytes.fill(0, bytes.length - 100); // the thumbnail is stored last
    expect(await decodePicture(bytes)).toEqual(sound);
  });

  test('bytes after its end are no damage', async () => {
    const bytes = fixture('heic-8bit.heic');
    expect(await decodePicture(Buffer.concat([bytes, Buffer.alloc(100)]))).toEqual(
      await decodePicture(bytes),
    );
  });
});

describe('HEIF files beside those', () => {
  test('too many pixels are found before decoding', async () => {
    const bytes = fixture('heic-8bit.heic');
    bytes.fill(0, middle(bytes)); // decoding it would say that it is damaged
    await expect(decodePicture(bytes, { maxPixels: 66 * 44 - 1 })).rejects.toMatchObject({
      message: expect.stringMatching(/too large: 66 × 44/) as string,
    });
  });

  test('a sequence without a still picture gives its first frame', async () => {
    const frame = await decodePicture(fixture('heic-sequence-only.heic'));
    expect(difference(frame, await decodePicture(fixture('heic-8bit.heic')))).toBeLessThan(8);
  });

  test('one coded as AV1 is read as AVIF', async () => {
    const avif = await decodePicture(fixture('heif-av1.heif'));
    expect(difference(avif, await decodePicture(fixture('heic-8bit.heic')))).toBeLessThan(8);
  });

  test.each([
    ['heif-jpeg.heif', /HEIF picture coded neither as HEVC nor as AV1.*Convert it to JPEG or PNG/],
    ['heic-pq.heic', /HDR picture \(HEIC with PQ\).*Convert it to JPEG or PNG/],
  ])('%s is refused by name', async (name, message) => {
    await expect(decodePicture(fixture(name))).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringMatching(message) as string,
    });
  });

  test('decoding leaves nothing behind in the memory of libheif', async () => {
    const bytes = fixture('heic-alpha.heic');
    const used = () => HeifFile.use(bytes, ({ lib }) => lib.HEAPU8.length);
    await decodePicture(bytes);
    const before = used();
    const broken = bytes.subarray(0, 2000);
    for (let i = 0; i < 400; i++) {
      await decodePicture(bytes);
      await decodePicture(broken).catch(() => undefined);
    }
    expect(used()).toBe(before);
  });
});

describe('an AVIF sequence', () => {
  test('gives its first frame', async () => {
    const frame = await decodePicture(fixture('avif-sequence.avif'));
    expect(difference(frame, await decodePicture(fixture('heic-8bit.heic')))).toBeLessThan(8);
  });

  test('without a still picture is refused by name, and cut off it is damaged', async () => {
    const bytes = fixture('avif-sequence.avif');
    const without = bytes.slice();
    without.set(Buffer.from('free'), Buffer.from(bytes).indexOf('meta'));
    await expect(decodePicture(without)).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining('an AVIF animation without a still picture') as string,
    });
    for (const end of [50, 400, bytes.length - 500]) {
      await expect(decodePicture(bytes.subarray(0, end))).rejects.toMatchObject({ code: 'bad-picture' });
    }
  });
});
