import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { decodePicture, probePicture, type Picture } from '../../main/pictures/decode.ts';
import { sharp } from '../../main/pictures/sharp.ts';
import { cr3File, RAW_KINDS, rafFile, tiffFile } from '../kit/raw.ts';

const fixture = (name: string) =>
  new Uint8Array(readFileSync(new URL(`../reference/pictures/${name}`, import.meta.url)));

/** 67 × 45, no orientation of its own. */
const jpeg = fixture('jpeg-420.jpg');
const MAKERS = { ...RAW_KINDS, CR3: cr3File };
let upright: Picture;
let turned: Picture;
let small: Uint8Array;

beforeAll(async () => {
  upright = await decodePicture(jpeg);
  const file = await sharp(jpeg)
    .withExif({})
    .withMetadata({ orientation: 6 })
    .jpeg({ quality: 100 })
    .toBuffer();
  turned = await decodePicture(file);
  small = new Uint8Array(await sharp(jpeg).resize(20, 13).jpeg().toBuffer());
});

/** Turns a picture by a quarter to the right, pixel by pixel. */
function quarter({ width, height, data }: Picture): Picture {
  const out = new Uint8Array(data.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const to = 3 * (x * height + (height - 1 - y));
      out.set(data.subarray(3 * (y * width + x), 3 * (y * width + x) + 3), to);
    }
  }
  return { width: height, height: width, data: out };
}

describe('a raw photograph with a JPEG of full size', () => {
  test.each(Object.entries(MAKERS))('%s gives the pixels of its JPEG', async (_kind, make) => {
    const file = make(jpeg, 70, 48, 1);
    expect(await probePicture(file)).toEqual({ format: 'raw', width: 67, height: 45 });
    expect(await decodePicture(file)).toEqual(upright);
  });

  test.each(Object.entries(MAKERS))('%s is turned as its tags say', async (_kind, make) => {
    const file = make(jpeg, 70, 48, 6);
    expect(await probePicture(file)).toEqual({ format: 'raw', width: 45, height: 67 });
    expect(await decodePicture(file)).toEqual(quarter(upright));
  });

  test.each(Object.entries(MAKERS))(
    '%s, whose JPEG has an orientation too, is turned once',
    async (_kind, make) => {
      const own = fixture('jpeg-exif-6.jpg');
      expect(await decodePicture(make(own, 34, 21, 6))).toEqual(await decodePicture(own));
    },
  );

  test('RAF is turned as its JPEG says', async () => {
    expect(await decodePicture(rafFile(jpeg, 70, 48))).toEqual(upright);
    const own = fixture('jpeg-exif-6.jpg');
    expect(await decodePicture(rafFile(own, 34, 21))).toEqual(await decodePicture(own));
    expect(turned.width).toBe(45);
  });

  test('a preview of half the size is full enough, the largest is taken', async () => {
    expect(await decodePicture(RAW_KINDS.NEF!(jpeg, 134, 90, 1))).toEqual(upright);
    const both = Buffer.concat([small, jpeg]); // in notes, one after the other
    expect(await decodePicture(RAW_KINDS.ORF!(both, 70, 48, 1))).toEqual(upright);
  });
});

describe('a raw photograph without a JPEG of full size', () => {
  const cases = { ...MAKERS, RAF: rafFile };
  test.each(Object.entries(cases))('%s is skipped by name', async (kind, make) => {
    for (const file of [make(jpeg, 136, 90, 1), make(small, 70, 48, 1)]) {
      await expect(decodePicture(file)).rejects.toMatchObject({
        code: 'unsupported',
        message: `It is a raw photograph (${kind}) without a full-size preview; raw pixels are not read. Convert it to JPEG or TIFF.`,
      });
    }
  });

  test('a DNG of which only the small first page could be read', async () => {
    const dng = tiffFile([
      {
        tags: [
          [50706, 1, [1, 4, 0, 0]],
          [256, 4, [4]],
          [257, 4, [3]],
          [262, 3, [2]],
        ],
        blobs: [{ offset: 273, length: 279, bytes: new Uint8Array(36) }],
      },
    ]);
    await expect(decodePicture(dng)).rejects.toMatchObject({ code: 'unsupported' });
  });

  test('lossless JPEG, as raw pixels are stored, is no preview', async () => {
    const lossless = Uint8Array.from(jpeg);
    for (let at = 2; at < lossless.length; at++) {
      if (lossless[at] === 0xff && lossless[at + 1] === 0xc0) lossless[at + 1] = 0xc3;
    }
    await expect(decodePicture(RAW_KINDS.DNG!(lossless, 70, 48, 1))).rejects.toMatchObject({
      code: 'unsupported',
    });
  });
});

describe('a raw photograph that is cut off', () => {
  test.each(Object.entries({ ...MAKERS, RAF: rafFile }))(
    '%s is damaged, wherever it ends',
    async (_kind, make) => {
      const file = make(jpeg, 70, 48, 1);
      const start = file.indexOf(Buffer.from(jpeg).subarray(0, 20));
      for (const end of [start + 40, start + Math.floor(jpeg.length / 2), start + jpeg.length - 10]) {
        await expect(decodePicture(file.subarray(0, end))).rejects.toMatchObject({ code: 'bad-picture' });
      }
    },
  );
});
