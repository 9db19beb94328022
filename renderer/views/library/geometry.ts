/**
 * The layout of the grid: cells of one size in rows, with a text below each picture where names are shown. Coordinates are
 * CSS pixels from the grid's own top left.
 */

export const GAP = 8;
export const PADDING = 12;
/** Chromium lays out nothing beyond 2^25 pixels; above this the scrollbar moves in larger steps than the grid. */
const MAX_HEIGHT = 24_000_000;

export interface Layout {
  count: number;
  columns: number;
  /** Edge of a cell: at least the wanted size, so much larger that the row is filled. */
  cell: number;
  /** Height of the text below each picture. */
  caption: number;
  rows: number;
  /** Of all rows. */
  height: number;
  /** What the scrolled element is given as height. */
  scrollHeight: number;
}

export interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/**
 * @param width inner width of what scrolls
 * @param caption height of the text below each picture
 */
export function layOut(count: number, width: number, sizePx: number, caption = 0): Layout {
  const inner = Math.max(1, width - 2 * PADDING);
  const columns = Math.max(1, Math.floor((inner + GAP) / (sizePx + GAP)));
  const cell = Math.max(1, Math.floor((inner - (columns - 1) * GAP) / columns));
  const rows = Math.ceil(count / columns);
  const height = rows === 0 ? 0 : 2 * PADDING + rows * (cell + caption + GAP) - GAP;
  return { count, columns, cell, caption, rows, height, scrollHeight: Math.min(height, MAX_HEIGHT) };
}

/** Place in the grid that a scroll position shows at the top. The same, but for grids higher than can be scrolled. */
export function offsetOf({ height, scrollHeight }: Layout, scrollTop: number, viewHeight: number): number {
  if (height === scrollHeight) return scrollTop;
  return (scrollTop * (height - viewHeight)) / (scrollHeight - viewHeight);
}

/** Inverse of `offsetOf`. */
export function scrollTopOf({ height, scrollHeight }: Layout, offset: number, viewHeight: number): number {
  if (height === scrollHeight) return offset;
  return (offset * (scrollHeight - viewHeight)) / (height - viewHeight);
}

export function boxOf({ columns, cell, caption }: Layout, index: number): Box {
  const left = PADDING + (index % columns) * (cell + GAP);
  const top = PADDING + Math.floor(index / columns) * (cell + caption + GAP);
  return { left, top, right: left + cell, bottom: top + cell + caption };
}

/** The picture at a point; null in the gaps and outside. */
export function indexAt(layout: Layout, x: number, y: number): number | null {
  const { columns, cell, caption, count } = layout;
  const column = Math.floor((x - PADDING) / (cell + GAP));
  const row = Math.floor((y - PADDING) / (cell + caption + GAP));
  if (column < 0 || column >= columns || row < 0) return null;
  const index = row * columns + column;
  if (index >= count) return null;
  const { right, bottom } = boxOf(layout, index);
  return x < right && y < bottom ? index : null;
}

/** Indices of the pictures that a box touches, in their order. */
export function indicesIn({ columns, cell, caption, count, rows }: Layout, box: Box): number[] {
  const across = cell + GAP;
  const down = across + caption;
  const first = (edge: number, step: number): number =>
    Math.max(0, Math.floor((edge - PADDING + GAP) / step));
  const last = (edge: number, step: number, most: number): number =>
    Math.min(most, Math.floor((edge - PADDING) / step));
  const indices: number[] = [];
  const lastColumn = last(box.right, across, columns - 1);
  for (let row = first(box.top, down); row <= last(box.bottom, down, rows - 1); row++) {
    for (let column = first(box.left, across); column <= lastColumn; column++) {
      const index = row * columns + column;
      if (index < count) indices.push(index);
    }
  }
  return indices;
}

/** Pictures on the way from one point to another, so that a quick stroke passes over none. */
export function indicesBetween(layout: Layout, from: Point, to: Point): number[] {
  const steps = Math.max(1, Math.ceil(Math.hypot(to.x - from.x, to.y - from.y) / (layout.cell / 4)));
  const indices = new Set<number>();
  for (let step = 0; step <= steps; step++) {
    const part = step / steps;
    const index = indexAt(layout, from.x + (to.x - from.x) * part, from.y + (to.y - from.y) * part);
    if (index !== null) indices.add(index);
  }
  return [...indices];
}

export interface Point {
  x: number;
  y: number;
}

/** First and one past the last index of the rows that are in sight, with some rows more on both sides. */
export function rangeInSight(
  { columns, cell, caption, count }: Layout,
  offset: number,
  viewHeight: number,
  moreRows: number,
): [number, number] {
  const step = cell + caption + GAP;
  const first = Math.max(0, Math.floor((offset - PADDING) / step) - moreRows);
  const last = Math.floor((offset + viewHeight - PADDING) / step) + 1 + moreRows;
  return [Math.min(count, first * columns), Math.min(count, last * columns)];
}

/**
 * First and one past the last index of the rows that are wholly in sight, captions included. The two are equal where there is
 * none, as with rows higher than the view.
 */
export function rangeWhollyInSight(
  { columns, cell, caption, count }: Layout,
  offset: number,
  viewHeight: number,
): [number, number] {
  const step = cell + caption + GAP;
  const first = Math.max(0, Math.ceil((offset - PADDING) / step));
  const end = Math.max(first, Math.floor((offset + viewHeight - PADDING + GAP) / step));
  return [Math.min(count, first * columns), Math.min(count, end * columns)];
}

/** How many pictures can be in sight at once, with those of some rows more on both sides; whole rows. */
export function cellsInSight(
  { columns, cell, caption }: Layout,
  viewHeight: number,
  moreRows: number,
): number {
  return columns * (Math.ceil(viewHeight / (cell + caption + GAP)) + 1 + 2 * moreRows);
}

/** The offset nearest to the present one at which a picture is wholly in sight. */
export function offsetFor(layout: Layout, index: number, offset: number, viewHeight: number): number {
  const { top, bottom } = boxOf(layout, index);
  const most = Math.max(0, layout.height - viewHeight);
  if (top - PADDING < offset) return Math.max(0, top - PADDING);
  if (bottom + PADDING > offset + viewHeight) return Math.min(most, bottom + PADDING - viewHeight);
  return Math.min(offset, most);
}
