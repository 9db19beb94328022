import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  applyTransform,
  drawTransform,
  IDENTITY,
  scalePixels,
  type Ranges,
  type Transform,
} from '../../main/pictures/augment.ts';
import { pictureRng } from '../../main/pictures/random.ts';
import { DEFAULT_RECIPE } from '../../shared/recipe.ts';

const NONE: Ranges = {
  rotation: 0,
  widthShift: 0,
  heightShift: 0,
  shear: 0,
  zoom: 0,
  horizontalFlip: false,
  verticalFlip: false,
};

function noise(height: number, width: number): Uint8Array {
  const random = pictureRng(9, 9, 9);
  return Uint8Array.from({ length: height * width * 3 }, () => Math.floor(random() * 256));
}

/** Keras' definition word by word: matrices multiplied one by one, coordinates clamped, flips afterwards. */
function plain(source: Uint8Array, height: number, width: number, t: Transform): number[] {
  type Matrix = number[][];
  const multiply = (p: Matrix, q: Matrix) =>
    p.map((row) => q[0]!.map((_, j) => row.reduce((sum, value, k) => sum + value * q[k]![j]!, 0)));
  const theta = (t.theta * Math.PI) / 180;
  const shear = (t.shear * Math.PI) / 180;
  const [centreY, centreX] = [height / 2 + 0.5, width / 2 + 0.5];
  const matrix = [
    [[1, 0, centreY], [0, 1, centreX], [0, 0, 1]], // prettier-ignore
    [[Math.cos(theta), -Math.sin(theta), 0], [Math.sin(theta), Math.cos(theta), 0], [0, 0, 1]], // prettier-ignore
    [[1, 0, t.tx], [0, 1, t.ty], [0, 0, 1]], // prettier-ignore
    [[1, -Math.sin(shear), 0], [0, Math.cos(shear), 0], [0, 0, 1]], // prettier-ignore
    [[t.zx, 0, 0], [0, t.zy, 0], [0, 0, 1]], // prettier-ignore
    [[1, 0, -centreY], [0, 1, -centreX], [0, 0, 1]], // prettier-ignore
  ].reduce(multiply);
  const out: number[] = [];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = multiply(matrix, [
        [t.flipVertical ? height - 1 - y : y],
        [t.flipHorizontal ? width - 1 - x : x],
        [1],
      ]);
      const row = Math.min(Math.max(from[0]![0]!, 0), height - 1);
      const column = Math.min(Math.max(from[1]![0]!, 0), width - 1);
      const [top, left] = [Math.floor(row), Math.floor(column)];
      const [bottom, right] = [Math.min(top + 1, height - 1), Math.min(left + 1, width - 1)];
      for (let c = 0; c < 3; c++) {
        const at = (r: number, col: number) => source[3 * (r * width + col) + c]!;
        const upper = at(top, left) * (1 - column + left) + at(top, right) * (column - left);
        const lower = at(bottom, left) * (1 - column + left) + at(bottom, right) * (column - left);
        out.push(upper * (1 - row + top) + lower * (row - top));
      }
    }
  }
  return out;
}

describe('applyTransform', () => {
  test('equals a straightforward implementation, for any transform and size', () => {
    const angle = fc.double({ min: -180, max: 180, noNaN: true });
    const shift = fc.double({ min: -30, max: 30, noNaN: true });
    const zoom = fc.double({ min: 0.05, max: 2, noNaN: true });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 24 }),
        fc.integer({ min: 1, max: 24 }),
        fc.record({
          theta: fc.oneof(fc.constantFrom(0, 90, -90, 180), angle),
          tx: fc.oneof(fc.constant(0), shift),
          ty: fc.oneof(fc.constant(0), shift),
          shear: fc.oneof(fc.constant(0), fc.double({ min: -89, max: 89, noNaN: true })),
          zx: fc.oneof(fc.constant(1), zoom),
          zy: fc.oneof(fc.constant(1), zoom),
          flipHorizontal: fc.boolean(),
          flipVertical: fc.boolean(),
        }),
        (height, width, transform) => {
          const source = noise(height, width);
          const out = new Float32Array(source.length).fill(NaN);
          applyTransform(source, height, width, transform, out, 1);
          const expected = plain(source, height, width, transform);
          const worst = Math.max(...expected.map((value, i) => Math.abs(value - out[i]!)));
          expect(worst).toBeLessThan(1e-3);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('without a transform gives the pixels in 0..1', () => {
    const source = noise(7, 5);
    const out = new Float32Array(source.length);
    const scaled = new Float32Array(source.length);
    applyTransform(source, 7, 5, IDENTITY, out);
    scalePixels(source, scaled);
    expect(out).toEqual(scaled);
    expect(scaled[10]).toBeCloseTo(source[10]! / 255, 6);
  });
});

describe('drawTransform', () => {
  const many = (ranges: Ranges) =>
    Array.from({ length: 4000 }, (_, i) => drawTransform(pictureRng(1, 0, i), ranges, 100, 200));

  test('draws evenly from the ranges of the tutorial, each on its own', () => {
    const drawn = many(DEFAULT_RECIPE.augmentation);
    const limits = { theta: [-40, 40], tx: [-20, 20], ty: [-40, 40], shear: [-0.2, 0.2], zx: [0.8, 1.2], zy: [0.8, 1.2] }; // prettier-ignore
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    for (const [name, [low, high]] of Object.entries(limits) as [keyof typeof limits, [number, number]][]) {
      const units = drawn.map((t) => (t[name] - low) / (high - low));
      expect(Math.min(...units)).toBeGreaterThanOrEqual(0);
      expect(Math.max(...units)).toBeLessThanOrEqual(1);
      expect(mean(units)).toBeCloseTo(0.5, 1);
      for (let tenth = 0; tenth < 10; tenth++) {
        const share = mean(units.map((u) => (Math.floor(u * 10) === tenth ? 1 : 0)));
        expect(share).toBeCloseTo(0.1, 1);
      }
    }
    const covariance = mean(drawn.map((t) => (t.zx - 1) * (t.zy - 1)));
    expect(Math.abs(covariance)).toBeLessThan(0.001); // 0.0133 if zx were zy
    expect(mean(drawn.map((t) => Number(t.flipHorizontal)))).toBeCloseTo(0.5, 1);
    expect(drawn.some((t) => t.flipVertical)).toBe(false);
  });

  test('draws nothing from ranges of 0', () => {
    for (const transform of many(NONE).slice(0, 20)) expect(transform).toEqual(IDENTITY);
  });

  test('depends on seed, epoch and picture, and on nothing else', () => {
    const draw = (seed: number, epoch: number, index: number) =>
      drawTransform(pictureRng(seed, epoch, index), DEFAULT_RECIPE.augmentation, 150, 150).theta;
    expect(draw(1, 2, 3)).toBe(draw(1, 2, 3));
    const triples = [0, 1, 2, 0xffff_ffff].flatMap((s) =>
      [0, 1, 2].flatMap((e) => [0, 1, 2, 3].map((i) => draw(s, e, i))),
    );
    expect(new Set(triples).size).toBe(triples.length);
  });
});
