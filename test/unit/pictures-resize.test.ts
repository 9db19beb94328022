import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Picture } from '../../main/pictures/decode.ts';
import { resize, resizeBilinear, resizeNearest } from '../../main/pictures/resize.ts';

const side = fc.integer({ min: 1, max: 60 });
const picture = fc
  .tuple(side, side)
  .chain(([width, height]) =>
    fc
      .uint8Array({ minLength: width * height * 3, maxLength: width * height * 3 })
      .map((data): Picture => ({ width, height, data })),
  );

/** The range of each channel. */
function range({ data }: Picture): { low: number; high: number }[] {
  return [0, 1, 2].map((c) => {
    const values = data.filter((_, i) => i % 3 === c);
    return { low: Math.min(...values), high: Math.max(...values) };
  });
}

describe.each(['bilinear', 'nearest'] as const)('%s', (method) => {
  test('keeps each channel in its range, and has the size asked for', () => {
    fc.assert(
      fc.property(picture, side, side, (source, width, height) => {
        const out = resize(source, width, height, method);
        expect([out.width, out.height, out.data.length]).toEqual([width, height, width * height * 3]);
        const before = range(source);
        for (const [c, { low, high }] of range(out).entries()) {
          expect(low).toBeGreaterThanOrEqual(before[c]!.low);
          expect(high).toBeLessThanOrEqual(before[c]!.high);
        }
      }),
    );
  });

  test('leaves the source alone', () => {
    fc.assert(
      fc.property(picture, side, (source, to) => {
        const before = Uint8Array.from(source.data);
        resize(source, to, to, method);
        expect(source.data).toEqual(before);
      }),
      { numRuns: 30 },
    );
  });
});

test('nearest takes the pixel under the centre', () => {
  const row = (...values: number[]): Picture => ({
    width: values.length,
    height: 1,
    data: Uint8Array.from(values.flatMap((value) => [value, value, value])),
  });
  const first = (out: Picture) => [...out.data].filter((_, i) => i % 3 === 0);
  expect(first(resizeNearest(row(10, 20, 30, 40), 2, 1))).toEqual([20, 40]);
  expect(first(resizeNearest(row(10, 20), 4, 1))).toEqual([10, 10, 20, 20]);
});

test('bilinear averages what it reduces, without aliasing', () => {
  const width = 400;
  const stripes = new Uint8Array(width * width * 3).map((_, i) => (Math.floor(i / 3) % 2) * 255);
  const { data } = resizeBilinear({ width, height: width, data: stripes }, 50, 50);
  for (const value of data.subarray(0, 150)) expect(Math.abs(value - 127.5)).toBeLessThan(8);
});
