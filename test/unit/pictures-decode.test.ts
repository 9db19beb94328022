import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { decodePicture, probePicture, type Picture } from '../../main/pictures/decode.ts';
import { preparePixels } from '../../main/pictures/prepare.ts';
import { readPictureFile } from '../../main/pictures/read.ts';
import { sharp } from '../../main/pictures/sharp.ts';
import { makeThumbnail } from '../../main/pictures/thumbnail.ts';
import { TwofoldError } from '../../shared/errors.ts';
import { expectFailure, failure } from '../kit/failure.ts';

const fixture = (name: string) =>
  new Uint8Array(readFileSync(new URL(`../reference/pictures/${name}`, import.meta.url)));
const dir = mkdtempSync(join(tmpdir(), 'twofold-decode-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** Mean difference of two pictures of the same size. */
function difference(a: Picture, b: Picture): number {
  expect([a.width, a.height]).toEqual([b.width, b.height]);
  return a.data.reduce((sum, value, i) => sum + Math.abs(value - b.data[i]!), 0) / a.data.length;
}

test('sharp runs on its WebAssembly build', async () => {
  await decodePicture(fixture('jpeg-420.jpg'));
  const { sharedObjects: loaded } = process.report.getReport() as { sharedObjects: string[] };
  expect(loaded.length).toBeGreaterThan(0);
  expect(loaded.filter((path) => /libvips|sharp-(linux|darwin|win32)/.test(path))).toEqual([]);
});

describe('formats beside those compared with Pillow', () => {
  test('AVIF, also with 10 bits and transparency', async () => {
    const original = await decodePicture(fixture('png-rgb.png'));
    for (const bitdepth of [8, 10] as const) {
      const avif = await sharp(fixture('png-rgb.png')).avif({ quality: 90, bitdepth }).toBuffer();
      expect(difference(await decodePicture(avif), original)).toBeLessThan(6);
    }
    const raw = { width: 20, height: 10, channels: 4 } as const;
    const avif = await sharp(Buffer.alloc(800), { raw }).avif().toBuffer();
    expect([...new Set((await decodePicture(avif)).data)]).toEqual([255]);
  });

  test('interlaced PNG, and grey of 16 bits', async () => {
    const interlaced = await sharp(fixture('png-rgb.png')).png({ progressive: true }).toBuffer();
    expect(await decodePicture(interlaced)).toEqual(await decodePicture(fixture('png-rgb.png')));
    const grey16 = await sharp(fixture('png-grey.png')).toColourspace('grey16').png().toBuffer();
    expect((await sharp(grey16).metadata()).depth).toBe('ushort');
    expect(await decodePicture(grey16)).toEqual(await decodePicture(fixture('png-grey.png')));
  });

  test.each([
    ['png', {}],
    ['jpeg', { quality: 100, chromaSubsampling: '4:4:4' }],
    ['webp', { lossless: true }],
    ['tiff', { compression: 'lzw' }],
  ] as const)(
    'a wide-gamut profile is converted to sRGB, as browsers show it: %s',
    async (format, options) => {
      const original = await decodePicture(fixture('png-rgb.png'));
      const p3 = await sharp(fixture('png-rgb.png'))
        .withIccProfile('p3')
        .toFormat(format, options)
        .toBuffer();
      const stored = await sharp(p3, { ignoreIcc: true }).raw().toBuffer();
      const numbers: Picture = { ...original, data: new Uint8Array(stored) };
      expect(difference(numbers, original)).toBeGreaterThan(5);
      expect(difference(await decodePicture(p3), original)).toBeLessThan(1.5);
    },
  );

  test('pixels have their own memory, which can be transferred to another thread', async () => {
    const { data } = await decodePicture(fixture('jpeg-420.jpg'));
    expect(data.buffer).toBeInstanceOf(ArrayBuffer);
    expect(data.byteLength).toBe(data.buffer.byteLength);
  });

  test('the header gives format and size as shown', async () => {
    expect(await probePicture(fixture('jpeg-exif-6.jpg'))).toEqual({ format: 'jpeg', width: 21, height: 34 });
    expect(await probePicture(fixture('bmp-top-down.bmp'))).toEqual({ format: 'bmp', width: 67, height: 45 });
    expect(await probePicture(fixture('gif-animated.gif'))).toEqual({ format: 'gif', width: 67, height: 45 });
    expect(await probePicture(fixture('webp-animated.webp'))).toEqual({
      format: 'webp',
      width: 67,
      height: 45,
    });
  });
});

describe('bad pictures are errors with a plain reason', () => {
  const whole = ['jpeg-420.jpg', 'jpeg-progressive.jpg', 'jpeg-cmyk.jpg', 'png-rgb.png', 'png-16bit.png', 'webp-lossy.webp', 'webp-lossless.webp', 'gif-still.gif', 'bmp-24bit.bmp', 'bmp-rle8.bmp', 'bmp-palette.bmp', 'tiff-raw.tif', 'tiff-lzw.tif']; // prettier-ignore
  for (const name of whole) {
    test(`${name}, cut off`, async () => {
      const bytes = fixture(name);
      for (const share of [0.25, 0.5, 0.9]) {
        const work = decodePicture(bytes.subarray(0, Math.floor(bytes.length * share)));
        await expectFailure(work, 'bad-picture', /(ends too early|damaged).*Copy or download it again/);
      }
      await expectFailure(decodePicture(bytes.subarray(0, 20)), 'bad-picture', /ends too early|damaged|text/);
    });
  }

  test('damaged at random places: an error or pixels, never a crash', async () => {
    for (const name of whole) {
      const original = fixture(name);
      for (let trial = 0; trial < 12; trial++) {
        const bytes = Uint8Array.from(original);
        for (let i = 0; i < 8; i++) bytes[(trial * 7919 + i * 104_729) % bytes.length]! ^= 0x55 + i;
        try {
          const { width, height, data } = await decodePicture(bytes, { maxPixels: 1e6 });
          expect(data.length).toBe(width * height * 3);
        } catch (error) {
          expect(error).toBeInstanceOf(TwofoldError);
        }
      }
    }
  });

  test('empty, text, and unknown bytes', async () => {
    await expectFailure(decodePicture(new Uint8Array(0)), 'bad-picture', /empty \(0 bytes\)/);
    await expectFailure(decodePicture(Buffer.from('Größe: hello\n')), 'bad-picture', /holds text/);
    await expectFailure(decodePicture(Buffer.from('BMW is a make of cars, not a bitmap')), 'bad-picture', /holds text/); // prettier-ignore
    await expectFailure(decodePicture(Buffer.from('\ufeffhello', 'utf16le')), 'bad-picture', /holds text/);
    await expectFailure(decodePicture(new Uint8Array(100)), 'bad-picture', /not a picture of a known kind/);
  });

  test('formats that are recognised but not read', async () => {
    const ftyp = (brands: string) => Buffer.from(`\0\0\0\x1cftyp${brands}`, 'latin1');
    const cases: [Uint8Array, RegExp][] = [
      [ftyp('isom\0\0\0\0isommp42'), /video/],
      [Buffer.from('%PDF-1.7\n%âãÏÓ'), /PDF/],
      [Buffer.from('<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>'), /SVG/],
      [Buffer.from('8BPS\0\x01', 'latin1'), /Photoshop/],
      [Buffer.from('\xff\x0a\xfa\x7f', 'latin1'), /JPEG XL/],
      [Buffer.from('\0\0\0\x0cjP  \r\n\x87\n', 'latin1'), /JPEG 2000/],
      [Buffer.from('\xff\x4f\xff\x51\0', 'latin1'), /JPEG 2000/],
      [Buffer.concat([Buffer.alloc(128), Buffer.from('DICM\x02\0', 'latin1')]), /DICOM/],
      [Buffer.from('DDS |\0\0\0', 'latin1'), /DDS/],
      [Buffer.from('SIMPLE  =                    T'), /FITS/],
      [Buffer.from('\x76\x2f\x31\x01\x02\0', 'latin1'), /OpenEXR/],
      [Buffer.from('#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n'), /Radiance/],
    ];
    for (const [bytes, name] of cases) {
      const error = await failure(decodePicture(bytes));
      expect(error.code).toBe('unsupported');
      expect(error.message).toMatch(name);
      expect(error.message).toMatch(/Convert it to JPEG, PNG/);
    }
  });

  test('a cursor and a Targa picture that begin alike, and a file that is neither', async () => {
    const cursor = Buffer.alloc(30);
    cursor.set([0, 0, 2, 0, 1, 0, 32, 32, 0, 0, 5, 0, 5, 0, 8, 0, 0, 0, 22, 0, 0, 0]);
    const targa = Buffer.alloc(18 + 3 * 2 * 3);
    targa.set([0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 2, 0, 24, 0]);
    const grey = Buffer.alloc(18 + 4 + 5);
    grey.set([4, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 0, 1, 0, 8, 0]);
    const packed = Buffer.concat([
      Buffer.from([0, 0, 10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 24, 0, 0, 1, 2, 3]),
      Buffer.alloc(8),
      Buffer.from('TRUEVISION-XFILE.\0'),
    ]);
    await expectFailure(decodePicture(cursor), 'unsupported', /It is a mouse pointer \(CUR\)/);
    for (const bytes of [targa, grey, packed]) {
      await expectFailure(decodePicture(bytes), 'unsupported', /It is a Targa picture \(TGA\)/);
    }
    for (const bytes of [cursor.subarray(0, 29), cursor.subarray(0, 10), targa.subarray(0, 35)]) {
      await expectFailure(decodePicture(bytes), 'bad-picture', /not a picture of a known kind/);
    }
  });

  test('too many pixels, found before decoding', async () => {
    // A PNG header that claims 65,000 × 65,000 pixels, which nobody could decode.
    const bytes = Buffer.from(fixture('png-rgb.png'));
    bytes.writeUInt32BE(65_000, 16);
    bytes.writeUInt32BE(65_000, 20);
    const { crc32 } = await import('node:zlib');
    bytes.writeUInt32BE(crc32(bytes.subarray(12, 29)), 29);
    await expectFailure(
      decodePicture(bytes),
      'bad-picture',
      /65000 × 65000 are 4225 megapixels, at most 250/,
    );
    const bitmap = Buffer.from(fixture('bmp-24bit.bmp'));
    bitmap.writeInt32LE(100_000, 18);
    await expectFailure(decodePicture(bitmap), 'bad-picture', /ends too early|too large/);
    const limit = { maxPixels: 67 * 45 };
    await decodePicture(fixture('jpeg-420.jpg'), limit);
    await expectFailure(decodePicture(fixture('jpeg-420.jpg'), { maxPixels: 67 * 45 - 1 }), 'bad-picture', /too large/); // prettier-ignore
  });
});

describe('readPictureFile', () => {
  const read = (path: string) => Promise.resolve().then(() => readPictureFile(path));
  const file = (name: string, content: string | Uint8Array = fixture('jpeg-420.jpg')) => {
    const path = join(dir, name);
    writeFileSync(path, content);
    return path;
  };

  test('reads names in any script and of 250 bytes', async () => {
    for (const name of [
      'Käse 猫 🐈‍⬛ e\u0301.jpg',
      `${'x'.repeat(246)}.jpg`,
      'quo\'te"\n;$.jpg',
      '한국어.PNG',
    ]) {
      const { bytes, sizeBytes } = readPictureFile(file(name));
      expect(Buffer.from(bytes)).toEqual(Buffer.from(fixture('jpeg-420.jpg')));
      expect(sizeBytes).toBe(bytes.length);
      expect((await preparePixels(join(dir, name), { size: 75, resize: 'bilinear' })).length).toBe(
        75 * 75 * 3,
      );
    }
  });

  test('says why a file can’t be read', async () => {
    await expectFailure(read(join(dir, 'no.jpg')), 'not-found', /no file at this path\. Check the path/);
    await expectFailure(read(join(file('plain.jpg'), 'below.jpg')), 'not-found', /no file at this path/);
    await expectFailure(read(file('zero.jpg', '')), 'bad-picture', /empty \(0 bytes\)/);
    mkdirSync(join(dir, 'folder.jpg'));
    await expectFailure(read(join(dir, 'folder.jpg')), 'bad-picture', /a folder, not a picture/);
    await expectFailure(read('/dev/null'), 'bad-picture', /device or a pipe/);
    symlinkSync(join(dir, 'loop.jpg'), join(dir, 'loop.jpg'));
    await expectFailure(read(join(dir, 'loop.jpg')), 'bad-picture', /leads in a circle/);
    await expectFailure(read(join(dir, 'y'.repeat(300))), 'bad-picture', /too long/);
    if (process.getuid?.() !== 0) {
      const path = file('locked.jpg');
      chmodSync(path, 0);
      await expectFailure(read(path), 'bad-picture', /may not be read/);
    }
  });
});

describe('makeThumbnail', () => {
  test('keeps the aspect ratio, applies the orientation and never enlarges', async () => {
    const sizes = async (bytes: Uint8Array, side?: number) => {
      const { width, height, format } = await sharp(await makeThumbnail(bytes, side)).metadata();
      return [width, height, format];
    };
    expect(await sizes(fixture('jpeg-exif-6.jpg'))).toEqual([21, 34, 'jpeg']);
    expect(await sizes(fixture('jpeg-420.jpg'), 33)).toEqual([33, 22, 'jpeg']);
    expect(await sizes(fixture('jpeg-exif-6.jpg'), 17)).toEqual([11, 17, 'jpeg']);
    const line = await sharp(Buffer.alloc(3000), { raw: { width: 1000, height: 1, channels: 3 } }).png().toBuffer(); // prettier-ignore
    expect(await sizes(line)).toEqual([224, 1, 'jpeg']);
  });
});
