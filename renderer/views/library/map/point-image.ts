import type { Looks } from './looks.ts';
import type { Size, Viewport } from './viewport.ts';

/** The pixels that a shape covers, around its middle. */
interface Sprite {
  across: Int8Array;
  down: Int8Array;
  /** Where each is in an image of a certain width, from the middle. */
  offsets: Int32Array;
  /** 0..255 of each. */
  coverage: Uint8Array;
  reach: number;
}

interface Sprites {
  radius: number;
  width: number;
  shapes: Sprite[];
  outline: Sprite[];
}

/** What was drawn last, and where. */
interface Drawn {
  pixels: Uint32Array;
  width: number;
  points: Float32Array;
  looks: Looks | null;
  sprites: Sprites;
  /** Pixels a unit of the map. */
  scale: number;
  /** Where the map's zero is in the image. */
  left: number;
  top: number;
}

/** A part of the image, in pixels; without `right` and `bottom` themselves. */
interface Clip {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** Pixels from here on hide what is below. */
const OPAQUE = 0xff00_0000;

/** Points drawn into an image in memory. A map that is only moved is shifted, and drawn only where it comes into view. */
export class PointImage {
  width = 0;
  height = 0;
  /** [height, width] red, green, blue and opacity, from the lowest byte on. Another array after the size changed. */
  pixels = new Uint32Array();
  #points = new Float32Array();
  #looks: Looks | null = null;
  #selection = Uint8Array.of(0, 0, 0, 255);
  #sprites: Sprites | null = null;
  #before: Drawn | null = null;

  /** @param points [count, 2] */
  setPoints(points: Float32Array<ArrayBuffer>): void {
    this.#points = points;
  }

  /** @param selection colour of the outlines, red, green, blue and opacity, 0..255 */
  setLooks(looks: Looks, selection: ArrayLike<number>): void {
    this.#looks = looks;
    this.#selection = Uint8Array.from(selection);
    this.#before = null;
  }

  /** @param density pixels of the image in a pixel of the frame @param radius of a point, in pixels of the frame */
  draw(view: Viewport, frame: Size, density: number, radius: number): void {
    const width = Math.max(1, Math.round(frame.width * density));
    const height = Math.max(1, Math.round(frame.height * density));
    if (this.width !== width || this.height !== height) this.pixels = new Uint32Array(width * height);
    Object.assign(this, { width, height });
    const { pixels } = this;
    const drawn = radius * density;
    if (this.#sprites?.radius !== drawn || this.#sprites.width !== width) {
      this.#sprites = spritesOf(drawn, width);
    }
    const scale = view.scale * density;
    const [left, top] = [width / 2 - view.x * scale, height / 2 + view.y * scale];
    const looks = this.#looks;
    const now = { pixels, width, points: this.#points, looks, sprites: this.#sprites, scale, left, top };
    const shift = this.#before && shiftBetween(this.#before, now);
    this.#before = now;
    const clips = shift
      ? shifted(pixels, width, height, ...shift)
      : [{ left: 0, top: 0, right: width, bottom: height }];
    for (const clip of clips) {
      for (let row = clip.top; row < clip.bottom; row++) {
        pixels.fill(0, row * width + clip.left, row * width + clip.right);
      }
      if (looks) drawPoints(pixels, width, clip, now, looks, this.#selection);
    }
  }
}

/** By how many pixels a map was moved since it was drawn; null where it has to be drawn again. */
function shiftBetween(before: Drawn, now: Drawn): [across: number, down: number] | null {
  const { pixels, width, points, looks, sprites, scale } = now;
  if (before.pixels !== pixels || before.points !== points || before.looks !== looks) return null;
  if (before.sprites !== sprites || before.scale !== scale) return null;
  const shift: [number, number] = [now.left - before.left, now.top - before.top];
  // Points are drawn at whole pixels.
  const isWhole = shift.every((by) => Math.abs(by - Math.round(by)) < 1e-6);
  const isNear = Math.abs(shift[0]) < width && Math.abs(shift[1]) < pixels.length / width;
  return isWhole && isNear ? [Math.round(shift[0]), Math.round(shift[1])] : null;
}

/** Moves what was drawn. @returns the parts that came into view */
function shifted(pixels: Uint32Array, width: number, height: number, across: number, down: number): Clip[] {
  const by = down * width + across;
  pixels.copyWithin(Math.max(0, by), Math.max(0, -by), pixels.length - Math.max(0, by));
  const clips: Clip[] = [];
  const [top, bottom] = [Math.max(0, down), height + Math.min(0, down)];
  if (down > 0) clips.push({ left: 0, top: 0, right: width, bottom: down });
  if (down < 0) clips.push({ left: 0, top: bottom, right: width, bottom: height });
  if (across > 0) clips.push({ left: 0, top, right: across, bottom });
  if (across < 0) clips.push({ left: width + across, top, right: width, bottom });
  return clips;
}

/** Draws the points within a part of the image that is empty. */
function drawPoints(
  pixels: Uint32Array,
  width: number,
  clip: Clip,
  { points, sprites, scale, left, top }: Drawn,
  { order, shapes, selected, colours }: Looks,
  selection: Uint8Array,
): void {
  // From the top down: what is covered already is not drawn.
  for (let place = order.length - 1; place >= 0; place--) {
    const index = order[place]!;
    const x = Math.round(left + points[2 * index]! * scale);
    const y = Math.round(top - points[2 * index + 1]! * scale);
    const shape = shapes[index]!;
    put(pixels, width, clip, x, y, sprites.shapes[shape]!, colours, 4 * index);
    if (selected[index] === 1) put(pixels, width, clip, x, y, sprites.outline[shape]!, selection, 0);
  }
}

/** Lays a sprite under what is drawn already. @param colour at `from` */
function put(
  pixels: Uint32Array,
  width: number,
  clip: Clip,
  column: number,
  row: number,
  { across, down, offsets, coverage, reach }: Sprite,
  colour: Uint8Array,
  from: number,
): void {
  const { left, top, right, bottom } = clip;
  if (column < left - reach || row < top - reach || column >= right + reach || row >= bottom + reach) return;
  // Plain numbers and no closures: this runs two million times a frame.
  const opacity = colour[from + 3]!;
  // Little-endian, as every machine that Electron runs on.
  const opaque = (colour[from + 2]! << 16) | (colour[from + 1]! << 8) | colour[from]!;
  const middle = row * width + column;
  const isInside =
    column >= left + reach && row >= top + reach && column < right - reach && row < bottom - reach;
  for (let at = 0; at < offsets.length; at++) {
    if (!isInside) {
      const [i, j] = [column + across[at]!, row + down[at]!];
      if (i < left || j < top || i >= right || j >= bottom) continue;
    }
    const place = middle + offsets[at]!;
    const above = pixels[place]!;
    if (above >= OPAQUE) continue;
    const alpha = (coverage[at]! * opacity + 127) >> 8;
    const own = ((alpha >= 254 ? 255 : alpha) << 24) | opaque;
    pixels[place] = above === 0 ? own : over(own, above);
  }
}

/** Porter and Duff's "over", with colours that are not multiplied by their opacity. */
function over(under: number, above: number): number {
  const alpha = above >>> 24;
  const below = under >>> 24;
  // Share of the upper colour in the result, 0..256.
  const total = alpha * 255 + below * (255 - alpha);
  const share = total === 0 ? 0 : Math.round((alpha * 255 * 256) / total);
  const rest = 256 - share;
  const red = ((above & 255) * share + (under & 255) * rest) >> 8;
  const green = (((above >>> 8) & 255) * share + ((under >>> 8) & 255) * rest) >> 8;
  const blue = (((above >>> 16) & 255) * share + ((under >>> 16) & 255) * rest) >> 8;
  return ((Math.round(total / 255) << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}

/** The shapes of `SHAPES`, as the shader of points-webgl.ts draws them. */
function spritesOf(radius: number, width: number): Sprites {
  const disc = (x: number, y: number): number => Math.hypot(x, y) - radius;
  const square = (x: number, y: number): number => Math.max(Math.abs(x), Math.abs(y)) - radius * 0.86;
  const diamond = (x: number, y: number): number => (Math.abs(x) + Math.abs(y)) * Math.SQRT1_2 - radius * 0.9;
  const dot = (x: number, y: number): number => disc(x, y) + radius * 0.35;
  const line = Math.max(1.2, radius * 0.34);
  const hollow =
    (edge: typeof disc): typeof disc =>
    (x, y) =>
      Math.abs(edge(x, y) + line / 2) - line / 2;
  const edges = [disc, square, disc, square, diamond, dot];
  const bodies = [disc, square, hollow(disc), hollow(square), diamond, dot];
  const around =
    (edge: typeof disc): typeof disc =>
    (x, y) =>
      Math.abs(edge(x, y) - 1.7) - 1;
  return {
    ...{ radius, width },
    shapes: bodies.map((body) => sprite(body, radius + 1, width)),
    outline: edges.map((edge) => sprite(around(edge), radius + 3.5, width)),
  };
}

function sprite(distance: (x: number, y: number) => number, half: number, width: number): Sprite {
  const reach = Math.ceil(half);
  const found: [across: number, down: number, coverage: number][] = [];
  for (let y = -reach; y <= reach; y++) {
    for (let x = -reach; x <= reach; x++) {
      const coverage = Math.round(255 * Math.max(0, Math.min(1, 0.5 - distance(x, y))));
      if (coverage > 0) found.push([x, y, coverage]);
    }
  }
  return {
    across: Int8Array.from(found, ([x]) => x),
    down: Int8Array.from(found, ([, y]) => y),
    offsets: Int32Array.from(found, ([x, y]) => y * width + x),
    coverage: Uint8Array.from(found, ([, , coverage]) => coverage),
    reach,
  };
}
