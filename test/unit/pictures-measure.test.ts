import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { measurePixels, type Measures } from '../../main/pictures/measure.ts';
import { preparePixels } from '../../main/pictures/prepare.ts';
import { sharp } from '../../main/pictures/sharp.ts';
import { SAMPLES } from '../kit/cli.ts';

const SIDE = 150;
const folder = path.join(SAMPLES, 'smileys');
const sample = (): ReturnType<typeof sharp> =>
  sharp(path.join(folder, readdirSync(folder).sort()[4]!)).flatten({ background: '#8a7' });

async function measured(picture: ReturnType<typeof sharp>): Promise<Measures> {
  const file = new Uint8Array(await picture.png().toBuffer());
  return measurePixels(await preparePixels(file, { size: SIDE, resize: 'bilinear' }), SIDE);
}

/** A picture whose pixels are a function of their place. */
function painted(color: (x: number, y: number) => [number, number, number]): Uint8Array {
  const pixels = new Uint8Array(SIDE * SIDE * 3);
  for (let at = 0; at < SIDE * SIDE; at++) pixels.set(color(at % SIDE, Math.floor(at / SIDE)), 3 * at);
  return pixels;
}

describe('the measures of a picture', () => {
  it('follow their definitions', () => {
    const halves = measurePixels(
      painted((x) => (x < SIDE / 2 ? [0, 0, 0] : [255, 255, 255])),
      SIDE,
    );
    expect(halves.brightness).toBeCloseTo(0.5, 6);
    expect(halves.contrast).toBeCloseTo(0.5, 6);
    expect(halves.colourfulness).toBeCloseTo(0, 6);
    // Red and green halves: their difference is ±255, red plus green is the same everywhere.
    const colours = measurePixels(
      painted((x) => (x < SIDE / 2 ? [255, 0, 0] : [0, 255, 0])),
      SIDE,
    );
    expect(colours.colourfulness).toBeCloseTo(1 + 0.3 * 0.5, 6);
    expect(
      measurePixels(
        painted(() => [9, 9, 9]),
        SIDE,
      ),
    ).toMatchObject({ contrast: 0, sharpness: null, edge: 0 });
  });

  it('tell a blurred picture from the same one that is sharp', async () => {
    const sharpOne = (await measured(sample())).sharpness!;
    const blurred = (await measured(sample().blur(8))).sharpness!;
    expect(sharpOne).toBeGreaterThan(0.12);
    expect(blurred).toBeLessThan(0.12);
  });

  it.each([
    ['top', { top: 30 }],
    ['bottom', { bottom: 30 }],
    ['left', { left: 30 }],
    ['right', { right: 30 }],
  ])('find a band of one colour at the %s edge, as missing data leaves', async (_, band) => {
    const noise = sharp(
      Buffer.from(Array.from({ length: 120 * 120 * 3 }, (_, at) => (at * 7919 * 31) % 251)),
      { raw: { width: 120, height: 120, channels: 3 } },
    );
    expect((await measured(noise.clone())).edge).toBe(0);
    const { edge } = await measured(noise.clone().extend({ ...band, background: '#808080' }));
    expect(edge).toBeGreaterThan(0.15);
    expect(edge).toBeLessThan(0.25);
  });

  it('do not take the plain ground around an object for such a band', async () => {
    for (const name of readdirSync(folder).slice(0, 20)) {
      const { edge } = await measured(sharp(path.join(folder, name)).flatten({ background: '#fff' }));
      expect(edge, name).toBe(0);
    }
  });
});
