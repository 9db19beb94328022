import { deflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { decodePicture, probePicture } from '../../main/pictures/decode.ts';
import { sharp } from '../../main/pictures/sharp.ts';
import { tiff, type TagValue, type TiffOptions } from '../kit/tiff.ts';
import { expectFailure } from '../kit/failure.ts';

const WIDTH = 6;
const HEIGHT = 4;

type Tags = Record<number, TagValue>;
/** One strip in which every pixel has the same bytes. */
function plain(tags: Tags, pixel: number[], options: TiffOptions = {}): Uint8Array {
  const strip = Uint8Array.from(
    { length: WIDTH * HEIGHT * pixel.length },
    (_, i) => pixel[i % pixel.length]!,
  );
  return tiff([{ tags: { ...size(WIDTH, HEIGHT), ...tags }, strips: [strip] }], options);
}
const size = (width: number, height: number): Tags => ({
  256: width,
  257: height,
  258: 8,
  259: 1,
  262: 1,
  277: 1,
  278: height,
});
const bits = (count: number, each = 8) => Array<number>(count).fill(each);
/** The only colour of a picture. */
async function colour(bytes: Uint8Array): Promise<number[]> {
  const { width, height, data } = await decodePicture(bytes);
  expect([width, height, data.length]).toEqual([WIDTH, HEIGHT, 3 * WIDTH * HEIGHT]);
  const pixels = new Set(
    Array.from({ length: WIDTH * HEIGHT }, (_, i) => data.slice(3 * i, 3 * i + 3).join()),
  );
  expect([...pixels].length).toBe(1);
  return [...data.slice(0, 3)];
}
const big = (...values: number[]) => values.flatMap((value) => [value >> 8, value & 255]);
const little = (...values: number[]) => values.flatMap((value) => [value & 255, value >> 8]);

describe('only ExtraSamples 1 or 2 is transparency', () => {
  const rgbn = (extra: TagValue | undefined, fourth = 0) =>
    plain({ 258: bits(4), 262: 2, 277: 4, ...(extra === undefined ? {} : { 338: extra }) }, [
      200,
      30,
      30,
      fourth,
    ]);
  test('a fourth band of infrared, marked as such or not at all', async () => {
    expect(await colour(rgbn(0))).toEqual([200, 30, 30]);
    expect(await colour(rgbn(undefined))).toEqual([200, 30, 30]);
    expect(await colour(rgbn(2))).toEqual([255, 255, 255]);
    expect(await colour(rgbn(1))).toEqual([255, 255, 255]);
  });
  test('half transparent, multiplied or not', async () => {
    expect(await colour(rgbn(2, 51))).toEqual([244, 210, 210]);
    expect(await colour(plain({ 258: bits(4), 262: 2, 277: 4, 338: 1 }, [40, 6, 6, 51]))).toEqual([
      244, 210, 210,
    ]);
  });
  test('the same in 16 bits, of either byte order', async () => {
    const tags = { 258: bits(4, 16), 262: 2, 277: 4 };
    const values = [0xc8ff, 0x1e00, 0x1e01, 0];
    expect(await colour(plain({ ...tags, 338: 0 }, little(...values)))).toEqual([200, 30, 30]);
    expect(await colour(plain({ ...tags, 338: 0 }, big(...values), { bigEndian: true }))).toEqual([
      200, 30, 30,
    ]);
    expect(await colour(plain({ ...tags, 338: 2 }, little(...values)))).toEqual([255, 255, 255]);
  });
  test('grey with a second band, palettes too', async () => {
    expect(await colour(plain({ 258: bits(2), 277: 2, 338: 0 }, [90, 0]))).toEqual([90, 90, 90]);
    expect(await colour(plain({ 258: bits(2), 277: 2, 338: 2 }, [90, 0]))).toEqual([255, 255, 255]);
    const map = Array.from({ length: 768 }, (_, i) => ((i * 7) % 256) * 257);
    const entry = [90, 90 + 256, 90 + 512].map((i) => (i * 7) % 256);
    expect(await colour(plain({ 258: bits(2), 262: 3, 277: 2, 338: 0, 320: map }, [90, 0]))).toEqual(entry);
    expect(await colour(plain({ 262: 3, 320: map }, [90]))).toEqual(entry);
  });
  test('five bands and more: the first three, and transparency where it is named', async () => {
    const six = (extra: number[], photometric = 2) =>
      plain({ 258: bits(6), 262: photometric, 277: 6, 338: extra }, [200, 30, 60, 0, 9, 9]);
    expect(await colour(six([0, 0, 0]))).toEqual([200, 30, 60]);
    expect(await colour(six([2, 0, 0]))).toEqual([255, 255, 255]);
    // Bands of a mapping program.
    expect(await colour(six([0, 0, 0, 0, 0], 1))).toEqual([200, 30, 60]);
    expect(await colour(plain({ 258: bits(3), 277: 3, 338: [0, 0] }, [200, 30, 60]))).toEqual([200, 30, 60]);
    expect(await colour(plain({ 258: bits(5), 262: 5, 277: 5, 338: 0 }, [255, 0, 0, 0, 9]))).toEqual([
      0, 255, 255,
    ]);
  });
});

describe('values that are not 8 or 16 bits, or not bright by themselves', () => {
  test('are refused with what they are', async () => {
    const cases: [Tags, number, RegExp][] = [
      [{ 258: 32, 339: 3 }, 4, /floating-point values of 32 bits/],
      [{ 258: 16, 339: 3 }, 2, /floating-point values of 16 bits/],
      [{ 258: bits(3, 32), 262: 2, 277: 3, 339: [3, 3, 3] }, 12, /floating-point/],
      [{ 258: 8, 339: 2 }, 1, /signed values of 8 bits/],
      [{ 258: 16, 339: 2 }, 2, /signed values of 16 bits/],
      [{ 258: 32, 339: 2 }, 4, /signed values of 32 bits/],
      [{ 258: 32 }, 4, /32 bits per sample/],
      [{ 258: 24 }, 3, /24 bits per sample/],
      [{ 258: 64, 339: 6 }, 8, /complex/],
      [{ 258: [8, 16, 8], 262: 2, 277: 3 }, 4, /8, 16, 8 bits/],
      [{ 258: bits(33), 277: 33 }, 33, /33 samples per pixel/],
      [{ 258: bits(3, 4), 262: 2, 277: 3 }, 2, /4 bits per sample \(RGB\)/],
    ];
    for (const [tags, bytes, message] of cases) {
      const made = plain(tags, Array<number>(bytes).fill(60));
      await expectFailure(decodePicture(made), 'unsupported', message);
      await expectFailure(probePicture(made), 'unsupported', message);
    }
  });
  test('colours that are not read', async () => {
    const cases: [number, RegExp][] = [
      [4, /mask/],
      [9, /ICC Lab/],
      [32_803, /raw photograph without a full-size preview/],
      [32_844, /LogL/],
      [77, /PhotometricInterpretation 77/],
    ];
    for (const [photometric, message] of cases) {
      await expectFailure(decodePicture(plain({ 262: photometric }, [9])), 'unsupported', message);
    }
    const nothing = tiff([{ tags: { 256: 1, 257: 1, 258: 8 }, strips: [new Uint8Array(1)] }]);
    await expectFailure(decodePicture(nothing), 'unsupported', /whether 0 is black or white/);
    const half = plain({ 258: bits(3), 262: 6, 277: 3 }, [9, 9, 9]);
    await expectFailure(decodePicture(half), 'unsupported', /YCbCr colours at half resolution/);
  });
  test('compression that is not read is named, never damaged and never black', async () => {
    const names: Record<number, RegExp> = {
      6: /old-style JPEG/, 9: /JBIG/, 34_887: /LERC/, 34_925: /LZMA/, 50_000: /ZSTD/, 50_001: /WebP/, 50_002: /JPEG XL/,
      33_003: /JPEG 2000/, 33_005: /JPEG 2000/, 34_712: /JPEG 2000/, 12_345: /method 12345/,
    }; // prettier-ignore
    for (const [method, message] of Object.entries(names)) {
      const made = plain({ 258: bits(3), 262: 2, 277: 3, 259: Number(method) }, [1, 2, 3]);
      await expectFailure(decodePicture(made), 'unsupported', message);
    }
  });
});

describe('the depth that MaxSampleValue tells', () => {
  test('12, 10 and 4 of 16 bits fill the range; white is white', async () => {
    for (const [most, value, shown] of [
      [4095, 4095, 255],
      [4095, 2048, 128],
      [1023, 512, 128],
      [15, 15, 255],
      [4095, 65_535, 255],
    ] as const) {
      expect(await colour(plain({ 258: 16, 281: most }, little(value)))).toEqual([shown, shown, shown]);
      expect(await colour(plain({ 258: 16, 281: most }, big(value), { bigEndian: true }))).toEqual([shown, shown, shown]); // prettier-ignore
    }
    expect(await colour(plain({ 258: 16, 262: 0, 281: 4095 }, little(4095)))).toEqual([0, 0, 0]);
    const rgba = { 258: bits(4, 16), 262: 2, 277: 4, 338: 2, 281: bits(4, 4095) };
    expect(await colour(plain(rgba, little(4095, 0, 2048, 4095)))).toEqual([255, 0, 128]);
    const greyAlpha = { 258: bits(2, 16), 277: 2, 338: 2, 281: bits(2, 4095) };
    expect(await colour(plain(greyAlpha, little(2048, 4095)))).toEqual([128, 128, 128]);
    expect(await colour(plain(greyAlpha, little(2048, 0)))).toEqual([255, 255, 255]);
  });
  test('the largest value that happens to be in a picture scales nothing', async () => {
    for (const most of [3000, 65_535, 1]) {
      const made = plain({ 258: 16, 281: most }, little(0x6401));
      expect(await colour(made)).toEqual(most === 1 ? [255, 255, 255] : [100, 100, 100]);
    }
  });
});

describe('stored in other ways', () => {
  const value = (x: number, y: number, sample: number) => (x * 31 + y * 17 + sample * 80) % 256;
  const expected = (width: number, height: number) =>
    Uint8Array.from({ length: width * height * 3 }, (_, i) => {
      const pixel = Math.floor(i / 3);
      return value(pixel % width, Math.floor(pixel / width), i % 3);
    });

  /** Tiles of 16 × 16, plane by plane; 16 bits repeat their byte. */
  function tiles(
    width: number,
    height: number,
    depth: 8 | 16,
    samples: number,
    deflate: boolean,
  ): Uint8Array[] {
    const out: Uint8Array[] = [];
    for (let sample = 0; sample < samples; sample++) {
      for (let top = 0; top < height; top += 16) {
        for (let left = 0; left < width; left += 16) {
          const tile = Uint8Array.from({ length: (256 * depth) / 8 }, (_, i) => {
            const at = depth === 8 ? i : i >> 1;
            return sample === 3 ? 255 : value(left + (at % 16), top + Math.floor(at / 16), sample);
          });
          out.push(deflate ? new Uint8Array(deflateSync(tile)) : tile);
        }
      }
    }
    return out;
  }
  for (const depth of [8, 16] as const) {
    for (const samples of [3, 4]) {
      test(`tiles of separate planes, ${depth} bits, ${samples} planes`, async () => {
        for (const deflate of [false, true]) {
          const tags = { ...size(37, 20), 258: bits(samples, depth), 259: deflate ? 8 : 1, 262: 2, 277: samples, 284: 2, 322: 16, 323: 16, ...(samples === 4 ? { 338: 2 } : {}) }; // prettier-ignore
          const bytes = tiff([{ tags, strips: tiles(37, 20, depth, samples, deflate) }]);
          expect(await decodePicture(bytes)).toEqual({ width: 37, height: 20, data: expected(37, 20) });
        }
      });
    }
  }

  test('12 bits per sample, packed', async () => {
    const grey = tiff([{ tags: { ...size(3, 2), 258: 12 }, strips: [Uint8Array.of(0xff, 0xf8, 0x00, 0x00, 0x10, 0x12, 0x34, 0x56, 0x78, 0x90)] }]); // prettier-ignore
    expect([...(await decodePicture(grey)).data.filter((_, i) => i % 3 === 0)]).toEqual([255, 128, 0, 0x12, 0x45, 0x78]); // prettier-ignore
    const rgb = plain(
      { 258: bits(3, 12), 262: 2, 277: 3, 256: 2 * WIDTH },
      [0xff, 0xf8, 0x00, 0, 0x0f, 0xff, 0x80, 0, 0],
    );
    const { data } = await decodePicture(rgb);
    expect([...data.slice(0, 6)]).toEqual([255, 128, 0, 255, 128, 0]);
  });

  test('CMYK of 16 bits is that of 8', async () => {
    const eight = plain({ 258: bits(4), 262: 5, 277: 4 }, [200, 30, 60, 20]);
    const sixteen = { 258: bits(4, 16), 262: 5, 277: 4 };
    const values = [0xc8ff, 0x1e12, 0x3c00, 0x1480];
    expect(await colour(plain(sixteen, little(...values)))).toEqual(await colour(eight));
    expect(await colour(plain(sixteen, big(...values), { bigEndian: true }))).toEqual(await colour(eight));
    expect(await colour(eight)).toEqual([51, 207, 180]);
  });

  test('Lab of 8 and 16 bits', async () => {
    const lab = { 262: 8, 277: 3, 258: bits(3) };
    // Known colours under D50: white, black, and the red, green and blue of sRGB to half a step of Lab.
    const known: [number[], number[]][] = [
      [[255, 0, 0], [255, 255, 255]],
      [[0, 0, 0], [0, 0, 0]],
      [[Math.round(2.55 * 54.29), 81, 70], [255, 0, 0]],
      [[Math.round(2.55 * 29.57), 68, 256 - 112], [0, 0, 255]],
    ]; // prettier-ignore
    for (const [stored, shown] of known) {
      const [eight, sixteen] = [
        await colour(plain(lab, stored)),
        await colour(
          plain({ ...lab, 258: bits(3, 16) }, little(stored[0]! * 257, stored[1]! * 256, stored[2]! * 256)),
        ),
      ];
      eight.forEach((each, i) => expect(Math.abs(each - shown[i]!)).toBeLessThan(8));
      eight.forEach((each, i) => expect(Math.abs(each - sixteen[i]!)).toBeLessThan(2));
    }
  });

  test('YCbCr without JPEG, at full resolution', async () => {
    const tags = { 258: bits(3), 262: 6, 277: 3, 530: [1, 1] };
    expect(await colour(plain(tags, [76, 85, 255]))).toEqual([254, 0, 0]);
    expect(await colour(plain(tags, [150, 128, 128]))).toEqual([150, 150, 150]);
  });

  test('white as 0, bits from the lowest, BigTIFF', async () => {
    expect(await colour(plain({ 262: 0 }, [55]))).toEqual([200, 200, 200]);
    expect(await colour(plain({ 262: 0, 258: 16 }, little(0x37ff)))).toEqual([200, 200, 200]);
    expect(await colour(plain({ 266: 2 }, [0b1100_1000]))).toEqual([0b0001_0011, 0b0001_0011, 0b0001_0011]);
    expect(await colour(plain({ 258: bits(4), 262: 2, 277: 4, 338: 0 }, [200, 30, 60, 0], { big: true }))).toEqual([200, 30, 60]); // prettier-ignore
    expect(await colour(plain({ 258: bits(3), 262: 2, 277: 3 }, [200, 30, 60], { big: true }))).toEqual([200, 30, 60]); // prettier-ignore
  });

  test('a profile applies also to converted samples', async () => {
    const p3 = await sharp(Buffer.from([1, 2, 3]), { raw: { width: 1, height: 1, channels: 3 } }).withIccProfile('p3').png().toBuffer(); // prettier-ignore
    const { icc } = await sharp(p3).metadata();
    const rgb = plain({ 258: bits(3), 262: 2, 277: 3, 34_675: new Uint8Array(icc!) }, [200, 30, 60]);
    const spare = plain(
      { 258: bits(4), 262: 2, 277: 4, 338: 0, 34_675: new Uint8Array(icc!) },
      [200, 30, 60, 0],
    );
    expect(await colour(spare)).toEqual(await colour(rgb));
    expect(await colour(rgb)).not.toEqual([200, 30, 60]);
  });
});

describe('orientation', () => {
  test('1 to 8, also of converted samples; others are ignored', async () => {
    const stored = [10, 20, 30, 40, 50, 60]; // 3 wide, 2 high
    const shown: Record<number, [number, number[]]> = {
      0: [3, stored],
      1: [3, stored],
      2: [3, [30, 20, 10, 60, 50, 40]],
      3: [3, [60, 50, 40, 30, 20, 10]],
      4: [3, [40, 50, 60, 10, 20, 30]],
      5: [2, [10, 40, 20, 50, 30, 60]],
      6: [2, [40, 10, 50, 20, 60, 30]],
      7: [2, [60, 30, 50, 20, 40, 10]],
      8: [2, [30, 60, 20, 50, 10, 40]],
      9: [3, stored],
    };
    for (const [orientation, [width, pixels]] of Object.entries(shown)) {
      const tags = { ...size(3, 2), 274: Number(orientation) };
      const grey = tiff([{ tags, strips: [Uint8Array.from(stored)] }]);
      const spare = Uint8Array.from(stored.flatMap((each) => [each, each, each, 0]));
      const infrared = tiff([{ tags: { ...tags, 258: bits(4), 262: 2, 277: 4, 338: 0 }, strips: [spare] }]);
      for (const bytes of [grey, infrared]) {
        const picture = await decodePicture(bytes);
        expect([picture.width, picture.height]).toEqual([width, 6 / width]);
        expect(await probePicture(bytes)).toEqual({ format: 'tiff', width, height: 6 / width });
        expect([...picture.data.filter((_, i) => i % 3 === 0)]).toEqual(pixels);
      }
    }
  });
});

describe('which of several pages is the picture', () => {
  const page = (side: number, shade: number, tags: Tags = {}) => ({
    tags: { ...size(side, side), ...tags },
    strips: [new Uint8Array(side * side).fill(shade)],
  });
  const read = async (...pages: Parameters<typeof tiff>[0]) => {
    const { width, data } = await decodePicture(tiff(pages));
    return [width, data[0]];
  };
  test('not a smaller version, whether it is marked or only smaller', async () => {
    expect(await read(page(8, 1, { 254: 1 }), page(32, 2))).toEqual([32, 2]);
    expect(await read(page(20, 1, { 254: 1 }), page(32, 2))).toEqual([32, 2]);
    expect(await read(page(20, 1, { 255: 2 }), page(32, 2))).toEqual([32, 2]);
    expect(await read(page(16, 1), page(32, 2))).toEqual([32, 2]);
    expect(await read(page(8, 1, { 254: 1, 330: [page(32, 2)] }))).toEqual([32, 2]);
    expect(await read(page(8, 1, { 330: [page(32, 2, { 254: 0 }), page(16, 3, { 254: 1 })] }))).toEqual([
      32, 2,
    ]);
  });
  test('the first of pages of like size, and of a pyramid', async () => {
    expect(await read(page(32, 1), page(32, 2))).toEqual([32, 1]);
    expect(await read(page(20, 1), page(32, 2))).toEqual([20, 1]);
    expect(await read(page(32, 1), page(16, 2, { 254: 1 }), page(8, 3, { 254: 1 }))).toEqual([32, 1]);
    expect(await read(page(32, 1, { 330: [page(16, 2, { 254: 1 })] }))).toEqual([32, 1]);
    expect(await read(page(32, 1), page(64, 2, { 254: 4, 262: 4, 258: 1 }))).toEqual([32, 1]);
    expect(await read(page(8, 7, { 254: 1 }))).toEqual([8, 7]);
  });
  test('the error is that of the picture, even if its thumbnail could be read', async () => {
    const bytes = tiff([page(8, 1, { 254: 1 }), page(32, 2, { 259: 50_000 })]);
    await expectFailure(decodePicture(bytes), 'unsupported', /ZSTD/);
  });
});

test('cut off or damaged anywhere: pixels or a plain reason', async () => {
  const tags = { ...size(20, 20), 258: bits(4), 262: 2, 277: 4, 338: 0, 330: [] };
  const whole = tiff([{ tags, strips: [new Uint8Array(1600).fill(9)] }]);
  for (let length = 4; length < whole.length; length += 37) {
    await expectFailure(decodePicture(whole.subarray(0, length)), 'bad-picture', /Copy or download it again/);
  }
  for (let at = 4; at < whole.length; at += at < 16 || at > 1600 ? 3 : 400) {
    const bytes = Uint8Array.from(whole);
    bytes[at]! ^= 0xff;
    const outcome = await decodePicture(bytes, { maxPixels: 1e6 }).then(
      ({ width, height, data }) => data.length === 3 * width * height,
      (error: unknown) => error instanceof Error && error.name === 'TwofoldError',
    );
    expect(outcome, `byte ${at}`).toBe(true);
  }
});
