import { describe, expect, test } from 'vitest';
import { decodePicture, probePicture } from '../../main/pictures/decode.ts';
import { TwofoldError } from '../../shared/errors.ts';

interface Bitmap {
  width: number;
  height: number;
  bits: number;
  compression?: number;
  /** Size of the second header. */
  headerSize?: 12 | 40 | 52 | 56 | 64 | 108 | 124;
  /** Red, green, blue and alpha; within the header where it has room, else behind it. */
  masks?: number[];
  /** Blue, green, red, 0 of each colour. */
  palette?: Uint8Array;
  /** Stated number of colours. */
  colours?: number;
  /** Stated offset of the pixels; default where they are. */
  offset?: number;
  /** Without the file header. */
  bare?: boolean;
  pixels: Uint8Array;
}

function bitmap(given: Bitmap): Uint8Array {
  const { width, height, bits, compression = 0, headerSize = 40, masks = [], bare = false, pixels } = given;
  const palette = given.palette ?? new Uint8Array(0);
  const header = Buffer.alloc(Math.max(headerSize, 40 + 4 * masks.length));
  header.writeUInt32LE(headerSize, 0);
  if (headerSize === 12) {
    for (const [i, value] of [width, height, 1, bits].entries()) header.writeUInt16LE(value, 4 + 2 * i);
  } else {
    header.writeInt32LE(width, 4);
    header.writeInt32LE(height, 8);
    header.writeUInt16LE(1, 12);
    header.writeUInt16LE(bits, 14);
    header.writeUInt32LE(compression, 16);
    header.writeUInt32LE(given.colours ?? 0, 32);
    for (const [i, mask] of masks.entries()) header.writeUInt32LE(mask >>> 0, 40 + 4 * i);
  }
  const body = Buffer.concat([header.subarray(0, headerSize === 12 ? 12 : undefined), palette, pixels]);
  if (bare) return body;
  const file = Buffer.alloc(14);
  file.write('BM', 'latin1');
  file.writeUInt32LE(14 + body.length, 2);
  file.writeUInt32LE(given.offset ?? 14 + body.length - pixels.length, 10);
  return Buffer.concat([file, body]);
}

const ARGB = [0xff0000, 0xff00, 0xff, 0xff000000];
const ARGB_1555 = [0x7c00, 0x3e0, 0x1f, 0x8000];
const rgb = async (bytes: Uint8Array) => [...(await decodePicture(bytes)).data];
/** Blue, green, red, alpha of 2 × 1 pixels. */
const wide = (...values: number[]) => Uint8Array.from(values);
const narrow = (...values: number[]) => new Uint8Array(Uint16Array.from(values).buffer);

async function failure(bytes: Uint8Array): Promise<TwofoldError> {
  const error: unknown = await decodePicture(bytes).then(
    () => new Error('nothing was thrown'),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof TwofoldError)) throw error;
  return error;
}

describe('alpha', () => {
  const size = { width: 2, height: 1 };
  const kinds: [string, Omit<Bitmap, 'width' | 'height' | 'bits' | 'pixels'>][] = [
    ['masks behind the header', { compression: 6, masks: ARGB }],
    ['version 3', { compression: 3, headerSize: 56, masks: ARGB }],
    ['version 4', { compression: 3, headerSize: 108, masks: ARGB }],
    ['version 5', { compression: 3, headerSize: 124, masks: ARGB }],
  ];
  test.each(kinds)('%s: all zero is opaque, anything above is alpha on white', async (_name, kind) => {
    const none = bitmap({ ...size, ...kind, bits: 32, pixels: wide(10, 20, 30, 0, 40, 50, 60, 0) });
    expect(await rgb(none)).toEqual([30, 20, 10, 60, 50, 40]);
    const some = bitmap({ ...size, ...kind, bits: 32, pixels: wide(10, 20, 30, 0, 40, 50, 60, 255) });
    expect(await rgb(some)).toEqual([255, 255, 255, 60, 50, 40]);
    const last = bitmap({
      ...size,
      ...kind,
      height: -2,
      bits: 32,
      pixels: wide(...new Array<number>(15).fill(0), 1),
    });
    expect(await rgb(last)).toEqual([255, 255, 255, 255, 255, 255, 255, 255, 255, 254, 254, 254]);
  });

  test.each([
    ['masks behind the header', { compression: 6 }],
    ['version 3', { compression: 3, headerSize: 56 }],
    ['version 5', { compression: 3, headerSize: 124 }],
  ] as const)('16 bits, %s', async (_name, kind) => {
    const make = (...values: number[]) =>
      bitmap({ ...size, ...kind, bits: 16, masks: ARGB_1555, pixels: narrow(...values) });
    expect(await rgb(make(0x7c00, 0x001f))).toEqual([255, 0, 0, 0, 0, 255]);
    expect(await rgb(make(0x7c00, 0x801f))).toEqual([255, 255, 255, 0, 0, 255]);
  });

  test('without masks the fourth byte is not alpha', async () => {
    for (const headerSize of [40, 124] as const) {
      const bytes = bitmap({ ...size, headerSize, bits: 32, pixels: wide(10, 20, 30, 0, 40, 50, 60, 99) });
      expect(await rgb(bytes)).toEqual([30, 20, 10, 60, 50, 40]);
    }
  });
});

describe('where the data ends', () => {
  test('missing padding of the last row is fine, a missing pixel is not', async () => {
    const pixels = Uint8Array.from({ length: 3 * 12 }, (_, i) => i);
    const make = (length: number) =>
      bitmap({ width: 3, height: 3, bits: 24, pixels: pixels.subarray(0, length) });
    expect(await rgb(make(33))).toEqual(await rgb(make(36)));
    expect(await failure(make(32))).toMatchObject({ code: 'bad-picture', message: expect.stringContaining('ends too early') as string }); // prettier-ignore
    const oneBit = (length: number) =>
      bitmap({ width: 9, height: 2, bits: 1, palette: new Uint8Array(8), pixels: new Uint8Array(length) });
    await decodePicture(oneBit(6));
    expect((await failure(oneBit(5))).message).toMatch(/ends too early/);
  });

  test('huge sizes with little data are refused from the header', async () => {
    for (const bits of [1, 4, 8, 16, 24, 32]) {
      const bytes = bitmap({
        width: 15_000,
        height: 15_000,
        bits,
        palette: new Uint8Array(1024),
        pixels: wide(0, 1),
      });
      await expect(probePicture(bytes)).rejects.toMatchObject({ code: 'bad-picture' });
    }
  });
});

describe('run-length data', () => {
  const palette = Uint8Array.from({ length: 1024 }, (_, i) => (i % 4 === 3 ? 0 : i >> 2));
  const rle8 = (width: number, height: number, ...pixels: number[]) =>
    bitmap({ width, height, bits: 8, compression: 1, palette, pixels: Uint8Array.from(pixels) });
  const grey = async (bytes: Uint8Array) => (await rgb(bytes)).filter((_, i) => i % 3 === 0);

  test('runs, literals and jumps', async () => {
    expect(await grey(rle8(4, 2, 4, 7, 0, 0, 0, 3, 1, 2, 3, 0, 1, 9, 0, 1))).toEqual([
      1, 2, 3, 9, 7, 7, 7, 7,
    ]);
    expect(await grey(rle8(3, 2, 0, 2, 2, 1, 1, 5, 0, 1))).toEqual([0, 0, 5, 0, 0, 0]);
    const rle4 = bitmap({ width: 5, height: 1, bits: 4, compression: 2, palette: palette.subarray(0, 64), pixels: wide(5, 0x1f, 0, 1) }); // prettier-ignore
    expect(await grey(rle4)).toEqual([1, 15, 1, 15, 1]);
  });

  test('without its end marker it is read if every pixel is there', async () => {
    expect(await grey(rle8(2, 2, 2, 7, 0, 0, 2, 8))).toEqual([8, 8, 7, 7]);
    expect((await failure(rle8(2, 2, 2, 7, 0, 0, 1, 8))).message).toMatch(/ends too early/);
  });

  test('that sets no pixels, or ends before the last row, is damaged, whatever size it claims', async () => {
    for (const side of [3, 15_000]) {
      await expect(probePicture(rle8(side, side, 0, 1))).rejects.toMatchObject({
        code: 'bad-picture',
        message: expect.stringContaining('sets no pixels') as string,
      });
      await expect(probePicture(rle8(side, side, 1, 5, 0, 0, 0, 1))).rejects.toMatchObject({
        code: 'bad-picture',
        message: expect.stringContaining(`ends in row 2 of ${side}`) as string,
      });
    }
    const jumps = new Array<number>(255).fill(0).flatMap(() => [0, 2, 0, 59]);
    await expect(probePicture(rle8(15_000, 15_000, ...jumps, 0, 1))).rejects.toThrow(/sets no pixels/);
  });
});

describe('where the pixels begin', () => {
  const palette = Uint8Array.from([0, 0, 0, 0, 9, 8, 7, 0, 3, 2, 1, 0, 6, 5, 4, 0]);
  const kind = { width: 4, height: 1, bits: 8, palette, colours: 4, pixels: wide(1, 2, 3, 0) };
  const expected = [7, 8, 9, 1, 2, 3, 4, 5, 6, 0, 0, 0];

  test.each([0, 14, 14 + 40, 14 + 44, 14 + 52])(
    'a stated offset of %i, in front of the palette’s end',
    async (offset) => {
      expect(await rgb(bitmap({ ...kind, offset }))).toEqual(expected);
    },
  );

  test('a palette that claims more colours than there is room for ends at the pixels', async () => {
    expect(await rgb(bitmap({ ...kind, colours: 200 }))).toEqual(expected);
  });

  test('colours stated for 24 bits need not exist', async () => {
    const bytes = bitmap({ width: 1, height: 1, bits: 24, colours: 256, pixels: wide(3, 2, 1, 0) });
    expect(await rgb(bytes)).toEqual([1, 2, 3]);
  });

  test('without a file header they follow masks and palette', async () => {
    expect(await rgb(bitmap({ ...kind, bare: true }))).toEqual(expected);
    expect(await rgb(bitmap({ ...kind, headerSize: 124, bare: true }))).toEqual(expected);
    const masks = {
      width: 1,
      height: 1,
      bits: 32,
      compression: 3,
      masks: ARGB.slice(0, 3),
      pixels: wide(3, 2, 1, 0),
    };
    expect(await rgb(bitmap({ ...masks, bare: true }))).toEqual([1, 2, 3]);
    const core = { width: 1, height: 1, bits: 24, headerSize: 12, pixels: wide(3, 2, 1, 0) } as const;
    expect(await rgb(bitmap({ ...core, bare: true }))).toEqual([1, 2, 3]);
    expect(await rgb(bitmap(core))).toEqual([1, 2, 3]);
  });
});

test.each([
  [4, 40, 0, /BMP\) with a JPEG inside/],
  [5, 40, 0, /BMP\) with a PNG inside/],
  [3, 64, 1, /Huffman compression/],
  [4, 64, 24, /run-length compressed RGB/],
  [11, 124, 32, /CMYK/],
  [0, 40, 64, /64 bits per pixel/],
] as const)(
  'compression %i of a header of %i bytes is unsupported by name',
  async (compression, headerSize, bits, message) => {
    const error = await failure(
      bitmap({ width: 2, height: 2, bits, compression, headerSize, pixels: new Uint8Array(64) }),
    );
    expect(error.code).toBe('unsupported');
    expect(error.message).toMatch(message);
  },
);

test('a compression that does not exist is reported as damage', async () => {
  const error = await failure(
    bitmap({ width: 2, height: 2, bits: 24, compression: 77, pixels: new Uint8Array(16) }),
  );
  expect(error).toMatchObject({ code: 'bad-picture' });
});
