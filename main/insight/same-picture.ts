import { solve } from './solve.ts';

/** Luminance (0..255) of a prepared picture at several sizes, one level per entry of `SIDES`, each [side, side]. */
export type Pyramid = readonly Float32Array[];

/** Sides of the levels in pixels; each divides 150, the side of the index's pictures. */
const SIDES = [15, 30, 75] as const;
const TILES = 5;
/** Maximum number of Gauss-Newton steps at each level. */
const STEPS = 8;
/** Limits of scale and shift: crops of up to a fifth of each side count as the same picture. */
const MOST_SCALE = 1.25;
const MOST_SHIFT = 0.25;
/** Share of the template that the other picture must cover after alignment. */
const LEAST_COVER = 0.6;
/** Standard deviation (0..255) up to which a tile is considered noise. */
const FLAT = 2;

/** Computes the levels. @param pixels [side, side, 3], 0..255 @param side a multiple of 150 */
export function pyramidOf(pixels: Uint8Array, side: number): Pyramid {
  return SIDES.map((size) => {
    const cell = side / size;
    const level = new Float32Array(size * size);
    for (let y = 0; y < side; y++) {
      const row = Math.floor(y / cell) * size;
      for (let x = 0; x < side; x++) {
        const at = 3 * (y * side + x);
        level[row + Math.floor(x / cell)]! +=
          0.299 * pixels[at]! + 0.587 * pixels[at + 1]! + 0.114 * pixels[at + 2]!;
      }
    }
    for (let at = 0; at < level.length; at++) level[at]! /= cell * cell;
    return level;
  });
}

/** The picture flipped horizontally. */
export function mirrored(pyramid: Pyramid): Pyramid {
  return pyramid.map((level, index) => {
    const size = SIDES[index]!;
    return level.map((_, at) => level[at - (at % size) + size - 1 - (at % size)]!);
  });
}

/** Threshold of `likeness` for near-duplicates. */
const SAME = 0.85;
/** Correlation of the smallest level below which alignment is not tried. */
const LEAST_COARSE = 0.5;

/** Whether two pictures are near-duplicates: copies of one photograph, also mirrored, or frames of one burst. */
export function isSamePicture(one: Pyramid, other: Pyramid): boolean {
  return likeness(one, other) >= SAME || likeness(one, mirrored(other)) >= SAME;
}

/**
 * Similarity of two pictures, high for compressed, resized, brightened or slightly cropped copies and frames of a
 * burst. The pictures are aligned by scale, shift, gain and offset (Lucas and Kanade, 1981; Baker and Matthews, 2004),
 * then compared tile by tile by normalised cross-correlation, so that a common layout, such as sky above land, is not
 * enough.
 *
 * @returns -1..1, about 1 for copies; 0 if they can't be aligned, and for pictures of nearly one colour
 */
export function likeness(template: Pyramid, other: Pyramid): number {
  const warp: Warp = { sx: 1, tx: 0, sy: 1, ty: 0 };
  if (correlation(template[0]!, other[0]!) < LEAST_COARSE) return 0;
  const unaligned = tileCorrelation(template[2]!, other[2]!, SIDES[2], warp);
  if (unaligned >= SAME) return unaligned;
  for (const [level, size] of SIDES.entries()) {
    if (!align(template[level]!, other[level]!, size, warp)) return Math.max(0, unaligned);
  }
  return Math.max(unaligned, tileCorrelation(template[2]!, other[2]!, SIDES[2], warp));
}

function correlation(a: Float32Array, b: Float32Array): number {
  const n = a.length;
  let [sumA, sumB, sumAA, sumBB, sumAB] = [0, 0, 0, 0, 0];
  for (let at = 0; at < n; at++) {
    const [x, y] = [a[at]!, b[at]!];
    sumA += x;
    sumB += y;
    sumAA += x * x;
    sumBB += y * y;
    sumAB += x * y;
  }
  const scale = (sumAA - sumA ** 2 / n) * (sumBB - sumB ** 2 / n);
  return scale > 0 ? (sumAB - (sumA * sumB) / n) / Math.sqrt(scale) : 0;
}

/** Maps a position in the template, -1..1 on each axis, to one in the other picture: x · sx + tx. */
interface Warp {
  sx: number;
  tx: number;
  sy: number;
  ty: number;
}

/** Refines the warp by Gauss-Newton. @returns whether it stays within the limits of scale and shift */
function align(template: Float32Array, other: Float32Array, size: number, warp: Warp): boolean {
  let [gain, offset] = [1, 0];
  const row = new Float64Array(6);
  for (let step = 0; step < STEPS; step++) {
    const normal = new Float64Array(36);
    const right = new Float64Array(6);
    for (let y = 0; y < size; y++) {
      const v = (2 * (y + 0.5)) / size - 1;
      const sourceY = ((v * warp.sy + warp.ty + 1) * size) / 2 - 0.5;
      if (sourceY < 0 || sourceY > size - 1) continue;
      for (let x = 0; x < size; x++) {
        const u = (2 * (x + 0.5)) / size - 1;
        const sourceX = ((u * warp.sx + warp.tx + 1) * size) / 2 - 0.5;
        if (sourceX < 0 || sourceX > size - 1) continue;
        const { value, dx, dy } = sample(other, size, sourceX, sourceY);
        row[0] = gain * dx * u;
        row[1] = gain * dx;
        row[2] = gain * dy * v;
        row[3] = gain * dy;
        row[4] = value;
        row[5] = 1;
        const residual = template[y * size + x]! - gain * value - offset;
        for (let i = 0; i < 6; i++) {
          right[i]! += row[i]! * residual;
          for (let j = i; j < 6; j++) normal[6 * i + j]! += row[i]! * row[j]!;
        }
      }
    }
    for (let i = 0; i < 6; i++) for (let j = 0; j < i; j++) normal[6 * i + j] = normal[6 * j + i]!;
    for (let i = 0; i < 6; i++) normal[7 * i]! += 1e-6 * normal[7 * i]! + 1e-9;
    const change = solve(normal, right);
    if (!change) return false;
    warp.sx += change[0]!;
    warp.tx += change[1]!;
    warp.sy += change[2]!;
    warp.ty += change[3]!;
    gain += change[4]!;
    offset += change[5]!;
    if (!isPlausible(warp)) return false;
    if (Math.hypot(change[0]!, change[1]!, change[2]!, change[3]!) < 1e-3) break;
  }
  return true;
}

const isPlausible = ({ sx, tx, sy, ty }: Warp): boolean =>
  [sx, sy].every((scale) => scale < MOST_SCALE && scale > 1 / MOST_SCALE) &&
  [tx, ty].every((shift) => Math.abs(shift) < MOST_SHIFT);

/** Bilinear interpolation, with the slopes per unit of -1..1. */
function sample(
  level: Float32Array,
  size: number,
  x: number,
  y: number,
): { value: number; dx: number; dy: number } {
  const left = Math.min(Math.floor(x), size - 2);
  const top = Math.min(Math.floor(y), size - 2);
  const [fx, fy] = [x - left, y - top];
  const at = top * size + left;
  const [a, b, c, d] = [level[at]!, level[at + 1]!, level[at + size]!, level[at + size + 1]!];
  return {
    value: (a * (1 - fx) + b * fx) * (1 - fy) + (c * (1 - fx) + d * fx) * fy,
    dx: (((b - a) * (1 - fy) + (d - c) * fy) * size) / 2,
    dy: (((c - a) * (1 - fx) + (d - b) * fx) * size) / 2,
  };
}

/** Mean correlation of the template's tiles with the aligned picture, weighted by the contrast of each tile. */
function tileCorrelation(template: Float32Array, other: Float32Array, size: number, warp: Warp): number {
  const tile = size / TILES;
  const sums = Array.from({ length: TILES * TILES }, () => ({ n: 0, a: 0, b: 0, aa: 0, bb: 0, ab: 0 }));
  let covered = 0;
  for (let y = 0; y < size; y++) {
    const sourceY = ((((2 * (y + 0.5)) / size - 1) * warp.sy + warp.ty + 1) * size) / 2 - 0.5;
    if (sourceY < 0 || sourceY > size - 1) continue;
    for (let x = 0; x < size; x++) {
      const sourceX = ((((2 * (x + 0.5)) / size - 1) * warp.sx + warp.tx + 1) * size) / 2 - 0.5;
      if (sourceX < 0 || sourceX > size - 1) continue;
      const a = template[y * size + x]!;
      const b = sample(other, size, sourceX, sourceY).value;
      const sum = sums[Math.floor(y / tile) * TILES + Math.floor(x / tile)]!;
      sum.n++;
      sum.a += a;
      sum.b += b;
      sum.aa += a * a;
      sum.bb += b * b;
      sum.ab += a * b;
      covered++;
    }
  }
  if (covered < LEAST_COVER * size * size) return 0;
  let [total, weights] = [0, 0];
  for (const { n, a, b, aa, bb, ab } of sums) {
    if (n < (tile * tile) / 3) continue;
    const varianceA = Math.max(0, aa / n - (a / n) ** 2);
    const varianceB = Math.max(0, bb / n - (b / n) ** 2);
    // A tile that is flat in both pictures has weight 0; one that is flat in one of them has correlation 0.
    const [deviationA, deviationB] = [Math.sqrt(varianceA), Math.sqrt(varianceB)];
    const weight = Math.sqrt(Math.max(0, Math.max(deviationA, deviationB) - FLAT));
    if (weight === 0) continue;
    const covariance = ab / n - (a / n) * (b / n);
    if (deviationA > 0 && deviationB > 0) total += (weight * covariance) / (deviationA * deviationB);
    weights += weight;
  }
  return weights === 0 ? 0 : total / weights;
}
