import { beforeAll, describe, expect, test } from 'vitest';
import { decodePicture, probePicture } from '../../main/pictures/decode.ts';
import { sha256 } from '../../main/pictures/hash.ts';
import { sharp } from '../../main/pictures/sharp.ts';

const [WIDTH, HEIGHT] = [320, 240];
const EOI = Buffer.of(0xff, 0xd9);

/** Waves with some noise, so that every block has coefficients. */
function scene(): Buffer {
  const data = Buffer.alloc(WIDTH * HEIGHT * 3);
  let noise = 1;
  for (let i = 0; i < data.length; i++) {
    noise = (Math.imul(noise, 1_664_525) + 1_013_904_223) >>> 0;
    const pixel = Math.floor(i / 3);
    data[i] = 128 + 90 * Math.sin((pixel % WIDTH) / 40 + pixel / WIDTH / 30 + (i % 3)) + (noise >>> 28);
  }
  return data;
}
const raw = { width: WIDTH, height: HEIGHT, channels: 3 } as const;
const kinds: Record<string, Buffer> = {};
beforeAll(async () => {
  const jpeg = (options: object) =>
    sharp(scene(), { raw })
      .jpeg({ quality: 90, ...options })
      .toBuffer();
  kinds.baseline = await jpeg({ optimiseCoding: false });
  kinds.optimised = await jpeg({ optimiseCoding: true });
  kinds.fine = await jpeg({ quality: 98, chromaSubsampling: '4:4:4', optimiseCoding: false });
  kinds.progressive = await jpeg({ progressive: true });
});
const NAMES = ['baseline', 'optimised', 'fine', 'progressive'];

const bad = (message: RegExp) => ({
  code: 'bad-picture',
  message: expect.stringMatching(message) as string,
});
/** Hash of the pixels: comparing these takes no time, and a difference is not printed. */
const whole = async (bytes: Buffer) => sha256((await decodePicture(bytes)).data);
/** A share of the file, not counting the end marker. */
const place = (bytes: Buffer, share: number) => Math.floor((bytes.length - 2) * share);
function overwritten(bytes: Buffer, from: number, count: number, value = 0): Buffer {
  const copy = Buffer.from(bytes);
  return copy.fill(value, from, from + count);
}
const insert = (bytes: Buffer, at: number, ...values: number[]) =>
  Buffer.concat([bytes.subarray(0, at), Buffer.from(values), bytes.subarray(at)]);

describe.each(NAMES)('%s', (name) => {
  test('without its end marker every pixel is there', async () => {
    const jpeg = kinds[name]!;
    const expected = await whole(jpeg);
    expect(await whole(jpeg.subarray(0, -2))).toEqual(expected);
    expect(await whole(jpeg.subarray(0, -1))).toEqual(expected);
  });

  test('cut off anywhere it is damage, with an end marker put behind it too', async () => {
    const jpeg = kinds[name]!;
    for (const length of [place(jpeg, 0.4), place(jpeg, 0.95), jpeg.length - 2 - 5]) {
      await expect(whole(jpeg.subarray(0, length))).rejects.toMatchObject(bad(/ends too early/));
    }
    const marked = Buffer.concat([jpeg.subarray(0, place(jpeg, 0.8)), EOI]);
    await expect(whole(marked)).rejects.toMatchObject(bad(/ends too early|damaged/));
  });

  test('zeros in place of data are damage, up to the end marker and in the middle', async () => {
    const jpeg = kinds[name]!;
    const end = jpeg.length - 2;
    for (const share of [0.5, 0.9]) {
      const hole = overwritten(jpeg, place(jpeg, share), end - place(jpeg, share));
      await expect(whole(hole)).rejects.toMatchObject(bad(/damaged/));
      await expect(whole(hole.subarray(0, -2))).rejects.toMatchObject(bad(/damaged|ends too early/));
    }
    await expect(whole(overwritten(jpeg, place(jpeg, 0.5), 512))).rejects.toMatchObject(bad(/damaged/));
    await expect(whole(overwritten(jpeg, place(jpeg, 0.5), 512, 0xff))).rejects.toMatchObject(bad(/damaged|ends too early/)); // prettier-ignore
  });

  test('a missing piece is damage where the data ends too early for it', async () => {
    const jpeg = kinds[name]!;
    const [from, to] = [place(jpeg, 0.4), place(jpeg, 0.6)];
    const shorter = Buffer.concat([jpeg.subarray(0, from), jpeg.subarray(to)]);
    await expect(whole(shorter)).rejects.toMatchObject(bad(/damaged/));
  });

  test('extra bytes change nothing', async () => {
    const jpeg = kinds[name]!;
    const expected = await whole(jpeg);
    const end = jpeg.length - 2;
    const variants: Record<string, Buffer> = {
      'zeros before the end marker': insert(jpeg, end, ...new Array<number>(300).fill(0)),
      'fill before the end marker': insert(jpeg, end, ...new Array<number>(300).fill(0xff)),
      'bytes before the end marker': insert(jpeg, end, 1, 2, 3, 4, 5, 6, 7, 8, 9, 200),
      'zeros instead of the end marker': Buffer.concat([jpeg.subarray(0, end), Buffer.alloc(300)]),
      'zeros behind it': Buffer.concat([jpeg, Buffer.alloc(1000)]),
      'another picture behind it': Buffer.concat([jpeg, jpeg]),
      'bytes between segments': insert(jpeg, 4 + jpeg.readUInt16BE(4), 9, 8, 7, 6),
      'a segment of another program': insert(jpeg, 2, 0xff, 0xed, 0, 6, 0xff, 0xd9, 0xff, 0xda),
    };
    for (const [what, bytes] of Object.entries(variants)) {
      expect(await whole(bytes), what).toEqual(expected);
    }
  });

  test('headers of which libjpeg warns are read as it would', async () => {
    const jpeg = kinds[name]!;
    const expected = await whole(jpeg);
    const jfif = jpeg.indexOf('JFIF');
    if (jfif > 0) expect(await whole(overwritten(jpeg, jfif + 5, 1, 9))).toEqual(expected);
    if (name === 'progressive') return;
    const scan = jpeg.indexOf(Buffer.of(0xff, 0xda));
    const meaningless = Buffer.from(jpeg);
    meaningless.set([1, 5, 0x11], scan + 4 + 7);
    expect(await whole(meaningless)).toEqual(expected);
    // … also where damage follows.
    const hole = overwritten(meaningless, place(jpeg, 0.5), 512, 0xff);
    await expect(whole(hole)).rejects.toMatchObject(bad(/damaged|ends too early/));
  });
});

test('one colour in optimised codes is all zeros, and valid', async () => {
  const flat = { width: 900, height: 700, channels: 3 } as const;
  for (const options of [{ optimiseCoding: true }, { progressive: true }, { optimiseCoding: false }]) {
    const jpeg = await sharp(Buffer.alloc(900 * 700 * 3, 77), { raw: flat })
      .jpeg(options)
      .toBuffer();
    expect([...new Set((await decodePicture(jpeg)).data)]).toEqual([77]);
    expect(await whole(jpeg.subarray(0, -2))).toEqual(await whole(jpeg));
  }
});

test('a size that the data can’t fill is refused from the header', async () => {
  for (const name of NAMES) {
    const jpeg = Buffer.from(kinds[name]!);
    const frame = jpeg.indexOf(Buffer.of(0xff, name === 'progressive' ? 0xc2 : 0xc0, 0, 17));
    jpeg.writeUInt16BE(15_000, frame + 5);
    jpeg.writeUInt16BE(15_000, frame + 7);
    await expect(probePicture(jpeg)).rejects.toMatchObject(bad(/ends too early/));
  }
});

test.each([
  [0xc3, 0, /lossless/],
  [0xc0, 12, /12 bits/],
] as const)('a frame of kind %i with %i bits is unsupported by name', async (kind, bits, message) => {
  const jpeg = Buffer.from(kinds.baseline!);
  const frame = jpeg.indexOf(Buffer.of(0xff, 0xc0, 0, 17));
  jpeg[frame + 1] = kind;
  if (bits > 0) jpeg[frame + 4] = bits;
  await expect(whole(jpeg)).rejects.toMatchObject({
    code: 'unsupported',
    message: expect.stringMatching(message) as string,
  });
});
