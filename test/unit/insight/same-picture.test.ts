import { readdirSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { isSamePicture, likeness, pyramidOf, type Pyramid } from '../../../main/insight/same-picture.ts';
import { preparePixels } from '../../../main/pictures/prepare.ts';
import { sharp } from '../../../main/pictures/sharp.ts';
import { SAMPLES } from '../../kit/cli.ts';

const pyramid = async (file: Buffer): Promise<Pyramid> =>
  pyramidOf(await preparePixels(new Uint8Array(file), { size: 150, resize: 'bilinear' }), 150);

let originals: Buffer[];
beforeAll(async () => {
  const names = readdirSync(path.join(SAMPLES, 'flags'))
    .sort()
    .filter((_, index) => index % 10 === 0);
  originals = await Promise.all(
    names.map((name) =>
      sharp(path.join(SAMPLES, 'flags', name))
        .flatten({ background: '#7a8' })
        .jpeg()
        .toBuffer(),
    ),
  );
});

const COPIES: Record<string, (picture: ReturnType<typeof sharp>, size: number) => ReturnType<typeof sharp>> =
  {
    'JPEG quality 40': (picture) => picture.jpeg({ quality: 40 }),
    'half size': (picture, size) => picture.resize(size / 2),
    'a crop of 5% on one side': (picture, size) =>
      picture.extract({ left: 0, top: 0, width: Math.round(size * 0.95), height: Math.round(size * 0.95) }),
    'darker by a fifth': (picture) => picture.linear(0.8, 0),
    'a mirror': (picture) => picture.flop(),
    'a frame a moment later, 3% aside': (picture, size) =>
      picture.extract({
        left: Math.round(size * 0.03),
        top: 0,
        width: Math.round(size * 0.97),
        height: size,
      }),
  };

describe('the comparison of pixels', () => {
  it.each(Object.keys(COPIES))('recognises a picture in %s', async (name) => {
    for (const file of originals) {
      const { width } = await sharp(file).metadata();
      const copy = await COPIES[name]!(sharp(file), width).toBuffer();
      expect(isSamePicture(await pyramid(file), await pyramid(copy))).toBe(true);
    }
  });

  it('distinguishes different pictures', async () => {
    const pyramids = await Promise.all(originals.map(pyramid));
    for (const [index, one] of pyramids.entries()) {
      for (const other of pyramids.slice(0, index)) expect(isSamePicture(one, other)).toBe(false);
    }
  });

  it('finds nothing to compare in pictures of one colour', () => {
    const plain = pyramidOf(new Uint8Array(150 * 150 * 3).fill(80), 150);
    expect(likeness(plain, plain)).toBe(0);
  });
});
