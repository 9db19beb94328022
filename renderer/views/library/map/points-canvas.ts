import type { Looks } from './looks.ts';
import type { PointRenderer } from './point-renderer.ts';

/** The pixels that a shape covers, around its middle. */
interface Sprite {
  /** dx, dy and coverage 0..255 of each. */
  pixels: Int16Array;
  reach: number;
}

/** Draws into an image in memory, point by point. */
export function canvasRenderer(canvas: HTMLCanvasElement): PointRenderer | null {
  const context = canvas.getContext('2d');
  if (!context) return null;
  let points = new Float32Array();
  let looks: Looks | null = null;
  let selection = Uint8Array.of(0, 0, 0, 255);
  let image: ImageData | null = null;
  let sprites: { radius: number; shapes: Sprite[]; outline: Sprite[] } | null = null;
  return {
    kind: 'canvas',
    setPoints: (given) => (points = given),
    setLooks: (given, colour) => {
      looks = given;
      selection = Uint8Array.from(colour);
    },
    draw: (view, frame, density, radius) => {
      const width = Math.max(1, Math.round(frame.width * density));
      const height = Math.max(1, Math.round(frame.height * density));
      if (canvas.width !== width) canvas.width = width;
      if (canvas.height !== height) canvas.height = height;
      if (image?.width !== width || image.height !== height) image = context.createImageData(width, height);
      const pixels = new Uint32Array(image.data.buffer);
      pixels.fill(0);
      if (looks) {
        const drawn = radius * density;
        if (sprites?.radius !== drawn) sprites = { radius: drawn, ...spritesOf(drawn) };
        const scale = view.scale * density;
        const [left, top] = [width / 2 - view.x * scale, height / 2 + view.y * scale];
        const { order, shapes, selected, colours } = looks;
        for (const index of order) {
          const x = left + points[2 * index]! * scale;
          const y = top - points[2 * index + 1]! * scale;
          const shape = shapes[index]!;
          const outline = selected[index] === 1 ? sprites.outline[shape] : undefined;
          if (outline) put(pixels, width, height, x, y, outline, selection, 0);
          put(pixels, width, height, x, y, sprites.shapes[shape]!, colours, 4 * index);
        }
      }
      context.putImageData(image, 0, 0);
    },
    dispose: () => undefined,
  };
}

/** Lays a sprite over the pixels. @param colour at `from` */
function put(
  pixels: Uint32Array,
  width: number,
  height: number,
  x: number,
  y: number,
  { pixels: covered, reach }: Sprite,
  colour: Uint8Array,
  from: number,
): void {
  if (x < -reach || y < -reach || x > width + reach || y > height + reach) return;
  // Plain numbers and no closures: this runs two million times a frame.
  const column = Math.round(x);
  const row = Math.round(y);
  const red = colour[from]!;
  const green = colour[from + 1]!;
  const blue = colour[from + 2]!;
  const opacity = colour[from + 3]!;
  // Little-endian, as every machine that Electron runs on.
  const opaque = (blue << 16) | (green << 8) | red;
  const isInside = column >= reach && row >= reach && column < width - reach && row < height - reach;
  for (let at = 0; at < covered.length; at += 3) {
    const across = column + covered[at]!;
    const down = row + covered[at + 1]!;
    if (!isInside && (across < 0 || down < 0 || across >= width || down >= height)) continue;
    const place = down * width + across;
    const alpha = (covered[at + 2]! * opacity + 127) >> 8;
    const before = pixels[place]!;
    if (alpha >= 254) pixels[place] = (255 << 24) | opaque;
    else if (before === 0) pixels[place] = (alpha << 24) | opaque;
    else pixels[place] = over(before, red, green, blue, alpha);
  }
}

/** Porter and Duff's "over", with colours that are not multiplied by their opacity. @param alpha 0..255 */
function over(before: number, red: number, green: number, blue: number, alpha: number): number {
  const below = before >>> 24;
  // Share of the new colour in the result, 0..256.
  const total = alpha * 255 + below * (255 - alpha);
  const share = total === 0 ? 0 : Math.round((alpha * 255 * 256) / total);
  const rest = 256 - share;
  const mixedRed = (red * share + (before & 255) * rest) >> 8;
  const mixedGreen = (green * share + ((before >>> 8) & 255) * rest) >> 8;
  const mixedBlue = (blue * share + ((before >>> 16) & 255) * rest) >> 8;
  return ((Math.round(total / 255) << 24) | (mixedBlue << 16) | (mixedGreen << 8) | mixedRed) >>> 0;
}

/** The shapes of `SHAPES`, as the shader of points-webgl.ts draws them. */
function spritesOf(radius: number): { shapes: Sprite[]; outline: Sprite[] } {
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
    shapes: bodies.map((body) => sprite(body, radius + 1)),
    outline: edges.map((edge) => sprite(around(edge), radius + 3.5)),
  };
}

function sprite(distance: (x: number, y: number) => number, half: number): Sprite {
  const reach = Math.ceil(half);
  const pixels: number[] = [];
  for (let y = -reach; y <= reach; y++) {
    for (let x = -reach; x <= reach; x++) {
      const coverage = Math.round(255 * Math.max(0, Math.min(1, 0.5 - distance(x, y))));
      if (coverage > 0) pixels.push(x, y, coverage);
    }
  }
  return { pixels: Int16Array.from(pixels), reach };
}
