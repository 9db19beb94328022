import { deflateSync, crc32 } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { decodePicture, probePicture, type Picture } from '../../main/pictures/decode.ts';
import { orient } from '../../main/pictures/formats/orientation.ts';
import { sharp } from '../../main/pictures/sharp.ts';
import { tiff } from '../kit/tiff.ts';

const WIDTH = 64;
const HEIGHT = 32;
/** Four areas of different colours and unequal size, so that no two orientations look alike. */
const COLOURS = [[250, 20, 20], [20, 230, 40], [30, 40, 240], [240, 240, 60]] as const; // prettier-ignore
const original: Picture = {
  width: WIDTH,
  height: HEIGHT,
  data: Uint8Array.from({ length: WIDTH * HEIGHT * 3 }, (_, i) => {
    const pixel = Math.floor(i / 3);
    const right = pixel % WIDTH >= 24 ? 1 : 0;
    const below = Math.floor(pixel / WIDTH) >= 8 ? 2 : 0;
    return COLOURS[right + below]![i % 3]!;
  }),
};
const image = () => sharp(original.data, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } });

/** As the EXIF specification words it: where row 0 and column 0 of what is stored are shown. */
function shown(orientation: number): Picture {
  const turned = orientation >= 5;
  const [width, height] = turned ? [HEIGHT, WIDTH] : [WIDTH, HEIGHT];
  const data = new Uint8Array(original.data.length);
  for (let row = 0; row < HEIGHT; row++) {
    for (let column = 0; column < WIDTH; column++) {
      const [x, y] = {
        1: [column, row],
        2: [WIDTH - 1 - column, row],
        3: [WIDTH - 1 - column, HEIGHT - 1 - row],
        4: [column, HEIGHT - 1 - row],
        5: [row, column],
        6: [HEIGHT - 1 - row, column],
        7: [HEIGHT - 1 - row, WIDTH - 1 - column],
        8: [row, WIDTH - 1 - column],
      }[orientation]!;
      const from = 3 * (row * WIDTH + column);
      data.set(original.data.subarray(from, from + 3), 3 * (y! * width + x!));
    }
  }
  return { width, height, data };
}

async function expectShown(bytes: Uint8Array, orientation: number, tolerance = 0): Promise<void> {
  const expected = shown(orientation);
  const picture = await decodePicture(bytes);
  const { width, height } = await probePicture(bytes);
  expect([picture.width, picture.height, width, height]).toEqual([
    expected.width,
    expected.height,
    expected.width,
    expected.height,
  ]);
  const sum = picture.data.reduce((total, value, i) => total + Math.abs(value - expected.data[i]!), 0);
  expect(sum / picture.data.length).toBeLessThanOrEqual(tolerance);
}

const EXIF_TAGS = { 256: 1, 257: 1 };
/** An EXIF block is a TIFF without pixels. */
const exif = (orientation?: number) =>
  tiff([{ tags: orientation === undefined ? EXIF_TAGS : { ...EXIF_TAGS, 274: orientation }, strips: [] }], { bigEndian: true }); // prettier-ignore
const xmp = (orientation: number, asElement = false) =>
  '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">' +
  (asElement
    ? `<rdf:Description xmlns:tiff="http://ns.adobe.com/tiff/1.0/"><tiff:Orientation>${orientation}</tiff:Orientation></rdf:Description>`
    : `<rdf:Description xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Orientation="${orientation}"/>`) +
  '</rdf:RDF></x:xmpmeta>';

const ORIENTATIONS = [1, 2, 3, 4, 5, 6, 7, 8];

test('orient', () => {
  for (const orientation of ORIENTATIONS) expect(orient(original, orientation)).toEqual(shown(orientation));
  for (const other of [0, 9, 2.5, Number.NaN]) expect(orient(original, other)).toEqual(original);
});

describe('PNG', () => {
  function chunk(type: string, ...parts: (string | Uint8Array)[]): Buffer {
    const body = Buffer.concat([type, ...parts].map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part))); // prettier-ignore
    const out = Buffer.alloc(body.length + 8);
    out.writeUInt32BE(body.length - 4);
    body.copy(out, 4);
    out.writeUInt32BE(crc32(body), body.length + 4);
    return out;
  }
  const profile = (orientation: number) => {
    const block = Buffer.concat([Buffer.from('Exif\0\0'), exif(orientation)]);
    const lines = block.toString('hex').match(/.{1,72}/g)!.join('\n'); // prettier-ignore
    return `\nexif\n${String(block.length).padStart(8)}\n${lines}\n`;
  };
  const kinds: Record<string, (orientation: number) => Buffer[]> = {
    eXIf: (o) => [chunk('eXIf', exif(o))],
    'EXIF as text': (o) => [chunk('tEXt', 'Raw profile type exif\0', profile(o))],
    'EXIF as compressed text': (o) => [chunk('zTXt', 'Raw profile type exif\0\0', deflateSync(profile(o)))],
    XMP: (o) => [chunk('iTXt', 'XML:com.adobe.xmp\0\0\0\0\0', xmp(o))],
    'XMP as an element, compressed, with a language': (o) => [
      chunk('iTXt', 'XML:com.adobe.xmp\0\x01\0en\0XMP\0', deflateSync(xmp(o, true))),
    ],
    'eXIf before EXIF as text and XMP': (o) => [
      chunk('iTXt', 'XML:com.adobe.xmp\0\0\0\0\0', xmp((o % 8) + 1)),
      chunk('tEXt', 'Raw profile type exif\0', profile((o % 8) + 1)),
      chunk('eXIf', exif(o)),
    ],
    'XMP where eXIf says nothing of it': (o) => [
      chunk('eXIf', exif()),
      chunk('iTXt', 'XML:com.adobe.xmp\0\0\0\0\0', xmp(o)),
    ],
  };
  for (const [name, make] of Object.entries(kinds)) {
    test(`${name}, before and after the pixels`, async () => {
      const png = await image().png().toBuffer();
      const [head, end] = [png.subarray(0, 33), png.length - 12];
      for (const orientation of ORIENTATIONS) {
        const chunks = make(orientation);
        await expectShown(Buffer.concat([head, ...chunks, png.subarray(33)]), orientation);
        await expectShown(Buffer.concat([png.subarray(0, end), ...chunks, png.subarray(end)]), orientation);
      }
    });
  }
  test('text that is damaged, or would fill the memory, is ignored', async () => {
    const png = await image().png().toBuffer();
    for (const broken of [
      chunk('zTXt', 'Raw profile type exif\0\0', 'not compressed'),
      chunk('tEXt', 'Raw profile type exif\0', '\nexif\n 4\nzz'),
      chunk('zTXt', 'Raw profile type exif\0\0', deflateSync(Buffer.alloc(3e6, '6'))),
      chunk('eXIf', 'MM'),
      chunk('iTXt', 'XML:com.adobe.xmp\0'),
    ]) {
      await expectShown(Buffer.concat([png.subarray(0, 33), broken, png.subarray(33)]), 1);
    }
  });
});

describe('other formats', () => {
  const withXmp = (orientation: number) => image().withXmp(xmp(orientation));
  const withExif = (orientation: number) => image().withMetadata({ orientation });
  const bothWays = (orientation: number) => withXmp((orientation % 8) + 1).withMetadata({ orientation });

  test('WebP: EXIF, else XMP', async () => {
    for (const orientation of ORIENTATIONS) {
      for (const make of [withExif, withXmp, bothWays]) {
        const bytes = await make(orientation).webp({ lossless: true }).toBuffer();
        await expectShown(bytes, orientation);
      }
    }
  });

  test('JPEG: EXIF, else XMP', async () => {
    for (const orientation of ORIENTATIONS) {
      for (const make of [withExif, withXmp, bothWays]) {
        const bytes = await make(orientation).jpeg({ quality: 95, chromaSubsampling: '4:4:4' }).toBuffer();
        await expectShown(bytes, orientation, 3);
      }
    }
  });

  test('TIFF: its tag, else XMP', async () => {
    const tags = { 256: WIDTH, 257: HEIGHT, 258: [8, 8, 8], 262: 2, 277: 3, 278: HEIGHT };
    const made = (more: Parameters<typeof tiff>[0][0]['tags']) =>
      tiff([{ tags: { ...tags, ...more }, strips: [original.data] }]);
    for (const orientation of ORIENTATIONS) {
      const other = Buffer.from(xmp((orientation % 8) + 1));
      await expectShown(made({ 274: orientation }), orientation);
      await expectShown(made({ 700: Buffer.from(xmp(orientation)) }), orientation);
      await expectShown(made({ 274: orientation, 700: other }), orientation);
    }
  });

  test('AVIF: its own boxes, and XMP only where they and EXIF are silent', async () => {
    for (const orientation of [2, 3, 6, 8]) {
      for (const make of [withExif, withXmp, bothWays]) {
        const bytes = await make(orientation).avif({ quality: 90, effort: 0 }).toBuffer();
        await expectShown(bytes, orientation, 4);
      }
      // EXIF says 1 here, and does not count in AVIF; yet it keeps XMP from being asked.
      const silent = await withXmp(orientation).withExif({ IFD0: { Copyright: 'x' } }).avif({ effort: 0 }).toBuffer(); // prettier-ignore
      await expectShown(silent, 1, 4);
    }
  });
});
