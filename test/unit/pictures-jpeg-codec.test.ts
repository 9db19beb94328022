import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { resourceFolder } from '../../main/files/paths.ts';
import { readPlainHeader } from '../../main/pictures/formats/jpeg-header.ts';
import { orient } from '../../main/pictures/formats/orientation.ts';
import { decodePicture } from '../../main/pictures/decode.ts';
import { decodeRgb, hasCodec } from '../../main/pictures/jpeg-codec.ts';
import { reduceBoxes } from '../../main/pictures/reduce.ts';
import { filterFor, resizeBilinear } from '../../main/pictures/resize.ts';
import { sharp } from '../../main/pictures/sharp.ts';
import { byVips, encoded } from '../kit/jpeg.ts';
import { temporaryFolder } from '../kit/library.ts';

const reference = new URL('../reference/pictures/', import.meta.url);
const jpegs = readdirSync(reference).filter((name) => name.endsWith('.jpg'));
const bytesOf = (name: string): Uint8Array => readFileSync(new URL(name, reference));

test.runIf(process.env.CI)('set-up compiled the codec, which the tests below need', () => {
  expect(hasCodec()).toBe(true);
});

describe.runIf(hasCodec())('decodeRgb', () => {
  test('decodes most fixtures itself, with the bytes of libvips', async () => {
    let own = 0;
    for (const name of jpegs) {
      const bytes = bytesOf(name);
      if (!readPlainHeader(bytes)) continue;
      const picture = decodeRgb(bytes);
      if (!picture) continue;
      own++;
      expect(Buffer.compare(picture.data, await byVips(bytes)), name).toBe(0);
      picture.release();
    }
    expect(own).toBeGreaterThanOrEqual(6);
  });

  test.each([
    { chromaSubsampling: '4:2:0', quality: 90 },
    { chromaSubsampling: '4:4:4', quality: 100 },
    { chromaSubsampling: '4:2:0', quality: 5 },
    { chromaSubsampling: '4:2:0', quality: 75, progressive: true },
  ])('gives the bytes of libvips for every width: %j', async (options) => {
    for (let side = 1; side <= 70; side += 3) {
      const bytes = await encoded(side, 71 - side, side, options);
      const picture = decodeRgb(bytes)!;
      expect([picture.width, picture.height]).toEqual([side, 71 - side]);
      expect(Buffer.compare(picture.data, await byVips(bytes)), `${side}`).toBe(0);
      picture.release();
    }
  });

  test('leaves CMYK and damaged files to libvips, and decodes the next picture all the same', async () => {
    const bytes = await encoded(60, 40, 1, {});
    const before = decodeRgb(bytes)!.data.slice();
    expect(decodeRgb(bytesOf('jpeg-cmyk.jpg'))).toBeUndefined();
    for (const length of [2, 20, 200, Math.floor(bytes.length / 2)]) {
      expect(decodeRgb(bytes.subarray(0, length))).toBeUndefined();
    }
    expect(decodeRgb(new Uint8Array(100))).toBeUndefined();
    expect(decodeRgb(bytes)!.data).toEqual(before);
  });

  test('never throws, whatever bytes are wrong', async () => {
    const bytes = await encoded(48, 48, 2, { progressive: true });
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { maxLength: 20 }), (changes) => {
        const changed = Uint8Array.from(bytes);
        for (const [at, value] of changes) changed[at] = value;
        decodeRgb(changed)?.release();
      }),
      { numRuns: 300 },
    );
  });

  test('a picture stays as it is until it is released', async () => {
    const first = decodeRgb(await encoded(64, 64, 3, {}))!;
    const copy = first.data.slice();
    const second = decodeRgb(await encoded(64, 64, 4, {}))!;
    expect(first.data).toEqual(copy);
    second.release();
    decodeRgb(await encoded(640, 640, 5, {}))!.release();
    expect(first.data).toEqual(copy);
  });
});

test.runIf(hasCodec())('resizes in its own memory with the bytes of resizeBilinear', async () => {
  const sizes = [1, 2, 3, 7, 75, 149, 150, 224];
  for (const [width, height] of [
    [150, 150],
    [301, 97],
    [64, 500],
    [1, 9],
    [1600, 21],
  ] as const) {
    const picture = decodeRgb(await encoded(width, height, width, {}))!;
    const plain = { width, height, data: picture.data.slice() };
    for (const to of sizes) {
      const expected = resizeBilinear(plain, to, 150);
      const resized = resizeBilinear(picture, to, 150);
      expect(Buffer.compare(resized.data, expected.data), `${width} × ${height} to ${to}`).toBe(0);
    }
    picture.release();
  }
});

test.runIf(hasCodec())('averages boxes in its own memory with the bytes of reduceBoxes', async () => {
  for (const [width, height, across, down] of [
    [150, 100, 2, 2],
    [301, 97, 3, 1],
    [64, 500, 5, 7],
    [17, 9, 17, 9],
    [700, 600, 255, 200],
  ] as const) {
    const picture = decodeRgb(await encoded(width, height, width, {}))!;
    const plain = { width, height, data: picture.data.slice() };
    const reduced = picture.resized!({ across, down, rows: null, columns: null });
    const expected = reduceBoxes(plain, across, down).data;
    expect(Buffer.compare(reduced, expected), `${width} × ${height} by ${across} × ${down}`).toBe(0);
    picture.release();
  }
});

test.runIf(hasCodec()).each([
  [61, 35],
  [1, 1],
  [1, 7],
  [9, 1],
  [1, 100],
  [100, 1],
  [16, 17],
  [33, 32],
] as const)('turns and mirrors %i × %i in its own memory', async (width, height) => {
  const bytes = await encoded(width, height, 5, {});
  for (let orientation = 1; orientation <= 8; orientation++) {
    const picture = decodeRgb(bytes)!;
    const expected = orient({ width, height, data: picture.data.slice() }, orientation);
    const turned = orient(picture, orientation);
    expect([turned.width, turned.height], `${orientation}`).toEqual([expected.width, expected.height]);
    expect(Buffer.compare(turned.data, expected.data), `${orientation}`).toBe(0);
    const resized = resizeBilinear(turned, 20, 30);
    expect(Buffer.compare(resized.data, resizeBilinear(expected, 20, 30).data), `${orientation}`).toBe(0);
    turned.release!();
  }
});

test.runIf(hasCodec())('uses no memory again in which resizing or encoding failed', async () => {
  const large = await encoded(1500, 1500, 8, {});
  // More pixels than JPEG allows, which libjpeg-turbo reports in the middle of its work.
  const wide = { across: 1, down: 1, rows: filterFor(60, 65_536), columns: null };
  decodeRgb(large)!.release(); // has enough memory for what follows, so that its buffer stays the same
  const small = await encoded(60, 3, 8, {});
  const picture = decodeRgb(small)!;
  const { buffer } = picture.data;
  picture.resized!(wide);
  expect(() => picture.resizedJpeg!(wide, 82)).toThrow('65500');
  expect(picture.data.buffer === buffer).toBe(true);
  picture.release();
  const next = decodeRgb(small)!;
  expect(next.data.buffer === buffer).toBe(false);
  expect(Buffer.compare(next.data, await byVips(small))).toBe(0);
  // After success, memory is used again.
  const used = next.data.buffer;
  next.release();
  expect(decodeRgb(small)!.data.buffer === used).toBe(true);
});

describe('without the codec', () => {
  afterEach(() => {
    vi.unstubAllEnvs();
    vi.resetModules();
  });

  test('libvips gives the same pixels and makes thumbnails', async () => {
    const expected = await Promise.all(jpegs.map((name) => decoded(decodePicture, name)));
    vi.stubEnv('TWOFOLD_RESOURCES', new URL('nowhere', reference).pathname);
    vi.resetModules();
    const without = await import('../../main/pictures/jpeg-codec.ts');
    expect(without.hasCodec()).toBe(false);
    const { decodePicture: decode } = await import('../../main/pictures/decode.ts');
    for (const [index, name] of jpegs.entries()) {
      const picture = await decoded(decode, name);
      expect(picture.equals(expected[index]!), name).toBe(true);
    }
    const { makeThumbnail } = await import('../../main/pictures/thumbnail.ts');
    const thumbnail = await makeThumbnail(await encoded(300, 200, 7, {}), 100);
    expect(await sharp(thumbnail).metadata()).toMatchObject({ format: 'jpeg', width: 100, height: 67 });
  });

  test('a build of another version is not used', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'jpeg'));
    const built = readFileSync(join(resourceFolder(), 'jpeg', 'jpeg.wasm'));
    // Still a valid module: an empty custom section is appended.
    writeFileSync(join(folder, 'jpeg', 'jpeg.wasm'), Buffer.concat([built, Buffer.of(0, 2, 1, 0x61)]));
    vi.stubEnv('TWOFOLD_RESOURCES', folder);
    vi.resetModules();
    const other = await import('../../main/pictures/jpeg-codec.ts');
    expect(other.hasCodec()).toBe(false);
    expect(other.jpegDecoder()).toBe('libvips (slower)');
    expect(other.decodeRgb(await encoded(30, 20, 7, {}))).toBeUndefined();
  });
});

/** The pixels, or the message of the error. */
async function decoded(decode: typeof decodePicture, name: string): Promise<Buffer> {
  return decode(bytesOf(name)).then(
    ({ data }) => Buffer.from(data),
    (error: unknown) => Buffer.from(String(error)),
  );
}
