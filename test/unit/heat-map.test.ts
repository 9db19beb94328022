import { describe, expect, it } from 'vitest';
import { colourDistance, DISTINCT, looksDifferentToAll } from '../../shared/colour-distance.ts';
import { formatSigned } from '../../shared/format.ts';
import { drawCells, heatColours, strongestPlace, type CellGrid } from '../../shared/heat-map.ts';
import { DEFAULT_CLASSES } from '../../shared/library/classes.ts';

/** Middles off centre, as the network has them. */
const grid: CellGrid = {
  rows: 3,
  columns: 3,
  centres: [0.125, 0.375, 0.625],
  cells: [0, 0, 0, 0, 4, 0, 0, 0, -2],
};

describe('drawing cells', () => {
  const { values } = drawCells(grid, 8, 16);
  const at = (x: number, y: number): number => values[y * 8 + x]!;

  it('gives the cells at their middles, relative to the strongest', () => {
    const fine = drawCells(grid, 1001, 1001);
    const point = (right: number, down: number): number =>
      fine.values[Math.floor(down * 1001) * 1001 + Math.floor(right * 1001)]!;
    expect(point(0.375, 0.375)).toBeCloseTo(1, 2);
    expect(point(0.625, 0.625)).toBeCloseTo(-0.5, 2);
    expect(point(0.5, 0.375)).toBeCloseTo(0.5, 1);
  });

  it('is constant beyond the outer middles and never exceeds the cells', () => {
    expect(at(7, 15)).toBeCloseTo(-0.5, 5);
    expect(at(6, 12)).toBeCloseTo(at(7, 15), 5);
    expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(1);
  });

  it('draws nothing where nothing is evidence', () => {
    expect([...drawCells({ ...grid, cells: grid.cells.map(() => 0) }, 4, 4).values]).toEqual(
      Array(16).fill(0),
    );
  });
});

describe('the place of the strongest evidence', () => {
  it('is that of the cell in the picture, for each class', () => {
    expect(strongestPlace(grid, 1)).toBe('centre');
    // Its middle is at 0.625, short of the right third.
    expect(strongestPlace(grid, 0)).toBe('centre');
    expect(strongestPlace({ ...grid, cells: [3, 0, 0, 0, 0, 0, 0, 0, 0] }, 1)).toBe('upper left');
    expect(strongestPlace({ ...grid, centres: [0.1, 0.5, 0.9] }, 0)).toBe('lower right');
  });

  it('is none without evidence for the class', () => {
    expect(strongestPlace({ ...grid, cells: grid.cells.map(Math.abs) }, 0)).toBeNull();
  });
});

describe('the colours', () => {
  it('are those of the classes where everyone tells them apart, else the default ones', () => {
    const [blue, orange] = DEFAULT_CLASSES.map(({ color }) => color) as [string, string];
    expect(looksDifferentToAll(blue, orange)).toBe(true);
    expect(heatColours([blue, orange])).toEqual([blue, orange]);
    expect(heatColours(['#7a3fb0', '#f0e442'])).toEqual(['#7a3fb0', '#f0e442']);
    const [red, green] = ['#d62728', '#7a8f00'];
    expect(colourDistance(red, green)).toBeGreaterThan(DISTINCT);
    expect(looksDifferentToAll(red, green)).toBe(false);
    expect(heatColours([red, green])).toEqual([blue, orange]);
  });
});

it('numbers have a sign of their own, except zero', () => {
  expect([2.314, -0.4, -0.001, 0].map(formatSigned)).toEqual(['2.31', '−0.40', '0.00', '0.00']);
});
