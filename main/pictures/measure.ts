/** Increment it when the same pixels would give different measures. */
export const MEASURES_VERSION = 1;

/** Properties of a picture at the model's input size. */
export interface Measures {
  /** Mean luminance, 0..1. */
  brightness: number;
  /** Standard deviation of the colour channels (root mean square of the three), 0..0.5. */
  contrast: number;
  /** Hasler and Süsstrunk's colourfulness (2003), as a share of 255: 0 for grey pictures, above 0.3 for vivid ones. */
  colourfulness: number;
  /**
   * Variance of the Laplacian divided by the variance of luminance (after Pech-Pacheco et al., 2000), of the sharpest
   * of 25 tiles, so that a sharp subject on a blurred background counts as sharp; null if all tiles are flat.
   */
  sharpness: number | null;
  /**
   * Width of a band of one colour along an edge with an abrupt end, as in truncated files and pictures with frames, as
   * a share of the height or width, 0..0.5.
   */
  edge: number;
}

const TILES = 5;
/** Standard deviation of luminance (0..255) below which a tile counts as flat. */
const LEAST_DEVIATION = 8;
/** Maximum difference (0..255) of values of the same colour, allowing for JPEG artefacts. */
const SAME_COLOUR = 4;
/** Difference above which values are clearly of different colours. */
const OTHER_COLOUR = 16;
/** Share of the pixels next to the band that must have another colour. */
const ABRUPT = 0.8;

/**
 * Measures prepared pixels.
 *
 * @param pixels [side, side, 3], 0..255
 * @param side height and width in pixels
 */
export function measurePixels(pixels: Uint8Array, side: number): Measures {
  const luminance = new Float32Array(side * side);
  const [channels, opponents] = [
    [new Moments(), new Moments(), new Moments()],
    [new Moments(), new Moments()],
  ];
  let sum = 0;
  for (let at = 0; at < luminance.length; at++) {
    const [r, g, b] = [pixels[3 * at]!, pixels[3 * at + 1]!, pixels[3 * at + 2]!];
    const value = 0.299 * r + 0.587 * g + 0.114 * b;
    luminance[at] = value;
    sum += value;
    channels[0]!.add(r);
    channels[1]!.add(g);
    channels[2]!.add(b);
    opponents[0]!.add(r - g);
    opponents[1]!.add((r + g) / 2 - b);
  }
  const [redGreen, yellowBlue] = opponents as [Moments, Moments];
  const variance = channels.reduce((total, channel) => total + channel.variance, 0) / 3;
  return {
    brightness: sum / luminance.length / 255,
    contrast: Math.sqrt(variance) / 255,
    colourfulness:
      (Math.sqrt(redGreen.variance + yellowBlue.variance) +
        0.3 * Math.hypot(redGreen.mean, yellowBlue.mean)) /
      255,
    sharpness: sharpnessOf(luminance, side),
    edge: Math.max(...EDGES.map((at) => bandOf(pixels, side, at))),
  };
}

class Moments {
  #count = 0;
  #sum = 0;
  #squares = 0;

  add(value: number): void {
    this.#count++;
    this.#sum += value;
    this.#squares += value * value;
  }

  get mean(): number {
    return this.#sum / this.#count;
  }

  get variance(): number {
    return Math.max(0, this.#squares / this.#count - this.mean ** 2);
  }
}

function sharpnessOf(luminance: Float32Array, side: number): number | null {
  const tile = side / TILES;
  const found = Array.from({ length: TILES ** 2 }, () => ({
    values: new Moments(),
    laplacians: new Moments(),
  }));
  for (let y = 1; y < side - 1; y++) {
    for (let x = 1; x < side - 1; x++) {
      const at = y * side + x;
      const value = luminance[at]!;
      const around = luminance[at - 1]! + luminance[at + 1]! + luminance[at - side]! + luminance[at + side]!;
      const { values, laplacians } = found[Math.floor(y / tile) * TILES + Math.floor(x / tile)]!;
      values.add(value);
      laplacians.add(around - 4 * value);
    }
  }
  const shares = found
    .filter(({ values }) => values.variance >= LEAST_DEVIATION ** 2)
    .map(({ values, laplacians }) => laplacians.variance / values.variance);
  return shares.length === 0 ? null : Math.max(...shares);
}

/** For each edge: index of the pixel at position `along` it and at distance `depth`. */
const EDGES: ((depth: number, along: number, side: number) => number)[] = [
  (depth, along, side) => depth * side + along,
  (depth, along, side) => (side - 1 - depth) * side + along,
  (depth, along, side) => along * side + depth,
  (depth, along, side) => along * side + side - 1 - depth,
];

function bandOf(pixels: Uint8Array, side: number, place: (typeof EDGES)[number]): number {
  const differs = (one: number, other: number, by: number): boolean =>
    [0, 1, 2].some((channel) => Math.abs(pixels[3 * one + channel]! - pixels[3 * other + channel]!) > by);
  const first = place(0, 0, side);
  for (let depth = 0; depth <= side / 2; depth++) {
    let [same, other] = [0, 0];
    for (let along = 0; along < side; along++) {
      const at = place(depth, along, side);
      if (!differs(first, at, SAME_COLOUR)) same++;
      // Resizing blends the band with the row next to it, so the following row is compared.
      else if (differs(first, place(Math.min(depth + 1, side - 1), along, side), OTHER_COLOUR)) other++;
    }
    if (same === side) continue;
    return depth > 0 && other >= ABRUPT * side ? depth / side : 0;
  }
  return 0;
}
