/** Red, green, blue and opacity, 0..255. */
export type Rgba = readonly [number, number, number, number];

/** The colours of the map in the present theme. */
export interface Palette {
  classes: readonly [Rgba, Rgba];
  /** Of what has no class, and of what is skipped. */
  none: Rgba;
  skipped: Rgba;
  wrong: Rgba;
  likely: Rgba;
  correct: Rgba;
  selection: Rgba;
  ground: Rgba;
  text: Rgba;
}

/** `SHAPES` in the order of the shader; a shape as well as a colour, so that colour is never the only sign. */
export const SHAPES = ['disc', 'square', 'ring', 'frame', 'diamond', 'dot'] as const;
export type Shape = (typeof SHAPES)[number];

/** How the points look, drawn in the order of `order`. */
export interface Looks {
  /** [count, 4] */
  colours: Uint8Array<ArrayBuffer>;
  /** [count] indices of `SHAPES` */
  shapes: Uint8Array<ArrayBuffer>;
  /** [count] 1: selected */
  selected: Uint8Array<ArrayBuffer>;
  /** Those listed, the rest before them, so that it is below. */
  order: Uint32Array<ArrayBuffer>;
}

/** An entry of the legend. */
export interface Look {
  colour: Rgba;
  shape: Shape;
  /** Drawn over those with a lower one. */
  level: number;
}

/** What is not listed in the Library now is there, but faint. */
const FAINT = 0.16;

/**
 * @param lookOf the look of the point at an index; may be the same object for many
 * @param isListed whether the Library's filters let it through
 */
export function looksOf(
  count: number,
  lookOf: (index: number) => Look,
  isListed: (index: number) => boolean,
  isSelected: (index: number) => boolean,
): Looks {
  const colours = new Uint8Array(4 * count);
  const shapes = new Uint8Array(count);
  const selected = new Uint8Array(count);
  const levels = new Uint8Array(count);
  for (let index = 0; index < count; index++) {
    const { colour, shape, level } = lookOf(index);
    const listed = isListed(index);
    colours.set(colour, 4 * index);
    if (!listed) colours[4 * index + 3] = colour[3] * FAINT;
    shapes[index] = SHAPES.indexOf(listed ? shape : 'dot');
    selected[index] = Number(isSelected(index));
    levels[index] = !listed ? 0 : selected[index] === 1 ? 9 : level;
  }
  return { colours, shapes, selected, order: byLevel(levels) };
}

/** Indices by their level, those of a level in their order. */
function byLevel(levels: Uint8Array): Uint32Array<ArrayBuffer> {
  const starts = new Uint32Array(256);
  for (const level of levels) starts[level + 1]!++;
  for (let level = 1; level < 256; level++) starts[level]! += starts[level - 1]!;
  const order = new Uint32Array(levels.length);
  levels.forEach((level, index) => (order[starts[level]!++] = index));
  return order;
}

/** Radius of a point in CSS pixels: smaller the more there are, larger zoomed in. @param zoom 1: the whole map */
export function radiusPx(count: number, zoom: number): number {
  const base = count <= 500 ? 5.5 : count <= 3000 ? 4.5 : count <= 20_000 ? 3 : 2;
  return Math.min(8, base * Math.sqrt(Math.max(1, Math.min(zoom, 6))));
}
