import { afterAll, beforeAll, expect, it } from 'vitest';
import { inceptionV3 } from '../../main/model/architecture/inception-v3.ts';
import { cellCentres } from '../../main/model/architecture/cell-centres.ts';
import { FeatureExtractor } from '../../main/model/base.ts';

/** The middles of the cells, compared with which cells of the real network a pixel reaches. */

const CUT = 'mixed0';
let base: FeatureExtractor;

beforeAll(async () => {
  base = await FeatureExtractor.load({ cut: CUT });
});
afterAll(() => base.dispose());

/** Grey, or with one white pixel. @param at pixels down and right */
function picture(at?: readonly [number, number]): Float32Array {
  const { size } = base;
  const pixels = new Float32Array(size * size * 3).fill(0.5);
  if (at) pixels.fill(1, 3 * (at[0] * size + at[1]), 3 * (at[0] * size + at[1]) + 3);
  return pixels;
}

/** Rows and columns of the cells whose features a pixel changes. */
function reached(at: readonly [number, number]): { rows: number[]; columns: number[] } {
  const [, columns, channels] = base.shape as [number, number, number];
  const before = base.extractTo(picture(), 1);
  const after = base.extractTo(picture(at), 1);
  const cells = new Set<number>();
  before.forEach((value, index) => {
    if (Math.abs(after[index]! - value) > 1e-4) cells.add(Math.floor(index / channels));
  });
  return {
    rows: [...cells].map((cell) => Math.floor(cell / columns)),
    columns: [...cells].map((cell) => cell % columns),
  };
}

it('are 16 pixels apart at mixed7 and 150 pixels', () => {
  const centres = cellCentres(inceptionV3({ size: 150, cut: 'mixed7' }));
  expect(centres.map((centre) => centre * 150)).toEqual(
    [0, 1, 2, 3, 4, 5, 6].map((cell) => expect.closeTo(21.5 + 16 * cell, 6) as number),
  );
});

it('are around the pixels that reach the cells', () => {
  const centres = cellCentres(inceptionV3({ size: 150, cut: CUT }));
  const middle = (cells: readonly number[]): number =>
    (150 * (centres[Math.min(...cells)]! + centres[Math.max(...cells)]!)) / 2;
  const offsets: number[] = [];
  // 8 pixels: as many as two cells are apart, so that every place within a cell counts once.
  for (let place = 0; place < 8; place++) {
    const { rows, columns } = reached([100 + place, 40 + place]);
    offsets.push(middle(rows) - (100.5 + place), middle(columns) - (40.5 + place));
  }
  const down = offsets.filter((_, index) => index % 2 === 0);
  const right = offsets.filter((_, index) => index % 2 === 1);
  for (const list of [down, right])
    expect(Math.abs(list.reduce((sum, offset) => sum + offset, 0) / 8)).toBeLessThan(1);
});
