import { pointsIn } from './find-points.ts';
import { toMap, type Size, type Viewport } from './viewport.ts';

/** A thumbnail on the map. */
export interface Tile {
  /** Of the point whose picture it shows. */
  index: number;
  /** Of the thumbnail's middle, on the map: at the point, or as near to it as its cell allows. */
  x: number;
  y: number;
}

/** Edge of a thumbnail in CSS pixels. */
export const TILE_PX = 60;
/** Zoomed in so far from the whole map thumbnails are shown. */
const FROM_ZOOM = 2.5;
/** Edge of a cell at the scale for which cells were chosen. */
const CELL_PX = 78;

/**
 * The thumbnails that fit: one for each cell of a grid on the map, so that none covers another and none jumps while the map
 * is moved. Cells change only at every half doubling of the scale.
 */
export function tilesIn(
  points: Float32Array,
  view: Viewport,
  frame: Size,
  wholeScale: number,
  takes: (index: number) => boolean,
): Tile[] {
  if (view.scale < wholeScale * FROM_ZOOM) return [];
  const step = 2 ** (Math.round(2 * Math.log2(view.scale)) / 2);
  const cell = CELL_PX / step;
  const inset = Math.min(cell / 2, TILE_PX / 2 / view.scale + 1 / view.scale);
  const low = toMap(view, frame, { x: -TILE_PX, y: frame.height + TILE_PX });
  const high = toMap(view, frame, { x: frame.width + TILE_PX, y: -TILE_PX });
  const tiles = new Map<string, Tile>();
  for (const index of pointsIn(points, low, high, takes)) {
    const [x, y] = [points[2 * index]!, points[2 * index + 1]!];
    const [column, row] = [Math.floor(x / cell), Math.floor(y / cell)];
    const key = `${column} ${row}`;
    if (tiles.has(key)) continue;
    const into = (value: number, first: number): number =>
      Math.max(first * cell + inset, Math.min((first + 1) * cell - inset, value));
    tiles.set(key, { index, x: into(x, column), y: into(y, row) });
  }
  return [...tiles.values()];
}
