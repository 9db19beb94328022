import { looksDifferentToAll } from './colour-distance.ts';
import { DEFAULT_CLASSES } from './library/classes.ts';

/** How the cells of a heat map are computed: both add up exactly to the logit, see `main/model/head/attribution.ts`. */
export type HeatMapMethod = 'exact' | 'gradient × input';

/** What the cells of a heat map are, as a sentence. */
export const heatMapMethod = (method: HeatMapMethod): string =>
  method === 'exact'
    ? 'Exact sum: the parts and a constant, that of the biases, add up to the logit.'
    : 'Gradient × input, since the head has several hidden layers: the parts and a constant, that of the biases, add up to the logit, but another division among the parts would add up, too.';

/** `rows` × `columns` values over a picture, row by row. */
export interface CellGrid {
  rows: number;
  columns: number;
  /** Where the middle of each row, and of each column, is in the picture, 0..1. */
  centres: number[];
  cells: number[];
}

/** The contribution of each cell of a picture to its logit; positive where it is evidence for class 1. */
export interface HeatMap extends CellGrid {
  /** The sum of the cells and of `bias`; positive for class 1. */
  logit: number;
  /** The contribution of the biases, which belongs to no cell. */
  bias: number;
  method: HeatMapMethod;
}

/** Relative strength of each point of a picture, smooth between the middles of the cells and constant beyond them. */
export interface DrawnMap {
  width: number;
  height: number;
  /** [height, width], -1..1: what the point adds to the logit, relative to the strongest cell. */
  values: Float32Array;
}

/** Spreads the cells over a picture of a size in pixels. */
export function drawCells(
  { rows, columns, centres, cells }: CellGrid,
  width: number,
  height: number,
): DrawnMap {
  const strongest = Math.max(...cells.map(Math.abs)) || 1;
  const across = Array.from({ length: width }, (_, x) => between((x + 0.5) / width, centres, columns));
  const values = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    const [top, bottom, down] = between((y + 0.5) / height, centres, rows);
    across.forEach(([left, next, right], x) => {
      const row = (at: number): number =>
        cells[at * columns + left]! * (1 - right) + cells[at * columns + next]! * right;
      values[y * width + x] = (row(top) * (1 - down) + row(bottom) * down) / strongest;
    });
  }
  return { width, height, values };
}

/** The cells on both sides of a point, and how far it is from the first to the second, 0..1. */
function between(
  point: number,
  centres: readonly number[],
  count: number,
): [first: number, second: number, share: number] {
  const second = centres.findIndex((centre) => centre >= point);
  if (second === -1) return [count - 1, count - 1, 0];
  if (second === 0) return [0, 0, 0];
  const [before, after] = [centres[second - 1]!, centres[second]!];
  const share = (point - before) / (after - before);
  // Eased, so that no edges show at the middles of the cells.
  return [second - 1, second, share * share * (3 - 2 * share)];
}

const PLACES = [
  ['upper left', 'top', 'upper right'],
  ['left', 'centre', 'right'],
  ['lower left', 'bottom', 'lower right'],
] as const;

/** Where in the picture the cell is that is the strongest evidence for a class; null without evidence for it. */
export function strongestPlace({ cells, columns, centres }: CellGrid, label: 0 | 1): string | null {
  const evidence = label === 1 ? cells : cells.map((cell) => -cell);
  const most = Math.max(...evidence);
  if (!(most > 0)) return null;
  const cell = evidence.indexOf(most);
  const third = (index: number): 0 | 1 | 2 => Math.min(2, Math.floor(centres[index]! * 3)) as 0 | 1 | 2;
  return PLACES[third(Math.floor(cell / columns))][third(cell % columns)];
}

/**
 * The colours of a map: those of the classes, or the default ones where a person with another colour vision could not tell
 * them apart.
 */
export function heatColours(classes: readonly [string, string]): readonly [string, string] {
  return looksDifferentToAll(...classes) ? classes : [DEFAULT_CLASSES[0].color, DEFAULT_CLASSES[1].color];
}
