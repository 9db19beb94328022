import type { Augmentation } from '../../shared/recipe.ts';
import type { Random } from './random.ts';

/** One random transform, in Keras' terms and order: rotate, shift, shear, zoom, about the centre; then flip. */
export interface Transform {
  /** Rotation in degrees. */
  theta: number;
  /** Shift along the rows (down the height), in pixels. */
  tx: number;
  /** Shift along the columns (across the width), in pixels. */
  ty: number;
  /** Shear angle in degrees. */
  shear: number;
  /** Zoom of rows and of columns; above 1 shows more of the picture. */
  zx: number;
  zy: number;
  flipHorizontal: boolean;
  flipVertical: boolean;
}

export const IDENTITY: Transform = {
  theta: 0,
  tx: 0,
  ty: 0,
  shear: 0,
  zx: 1,
  zy: 1,
  flipHorizontal: false,
  flipVertical: false,
};

/** The ranges that transforms are drawn from; see the recipe. */
export type Ranges = Omit<Augmentation, 'enabled' | 'variants'>;

/**
 * Draws a transform as `ImageDataGenerator.get_random_transform` does, in its order: rotation and shear from ± their
 * degrees, shifts from ± fractions of height and width, zoom of rows and columns independently from [1 - z, 1 + z],
 * each flip with one half. A range of 0 draws nothing.
 *
 * @param height of the picture in pixels, to which `heightShift` refers
 * @param width in pixels, to which `widthShift` refers
 */
export function drawTransform(random: Random, ranges: Ranges, height: number, width: number): Transform {
  const symmetric = (range: number) => (range === 0 ? 0 : range * (2 * random() - 1));
  const theta = symmetric(ranges.rotation);
  const tx = symmetric(ranges.heightShift) * height;
  const ty = symmetric(ranges.widthShift) * width;
  const shear = symmetric(ranges.shear);
  const zx = 1 + symmetric(ranges.zoom);
  const zy = 1 + symmetric(ranges.zoom);
  // Keras draws for both flips, allowed or not.
  const horizontal = random() < 0.5;
  const vertical = random() < 0.5;
  return {
    theta,
    tx,
    ty,
    shear,
    zx,
    zy,
    flipHorizontal: horizontal && ranges.horizontalFlip,
    flipVertical: vertical && ranges.verticalFlip,
  };
}

/** Maps a target pixel to its source: row = a·y + b·x + row0, column = c·y + d·x + column0. */
interface Affine {
  a: number;
  b: number;
  c: number;
  d: number;
  row0: number;
  column0: number;
}

/**
 * Keras' matrix. Its centre is half the size plus one half, as in keras_preprocessing 1.1, which made the reference
 * values in test/reference/keras-augment.json; the true centre would be half the size minus one half. The difference is
 * less than a pixel.
 */
function affine(transform: Transform, height: number, width: number): Affine {
  const theta = (transform.theta * Math.PI) / 180;
  const shear = (transform.shear * Math.PI) / 180;
  const cos = Math.cos(theta);
  const sin = Math.sin(theta);
  // Rotation · shear · zoom.
  const a = cos * transform.zx;
  const b = (-cos * Math.sin(shear) - sin * Math.cos(shear)) * transform.zy;
  const c = sin * transform.zx;
  const d = (-sin * Math.sin(shear) + cos * Math.cos(shear)) * transform.zy;
  const centreRow = height / 2 + 0.5;
  const centreColumn = width / 2 + 0.5;
  return {
    a,
    b,
    c,
    d,
    row0: centreRow + cos * transform.tx - sin * transform.ty - a * centreRow - b * centreColumn,
    column0: centreColumn + sin * transform.tx + cos * transform.ty - c * centreRow - d * centreColumn,
  };
}

/**
 * `ImageDataGenerator.apply_transform` with `fill_mode="nearest"` and bilinear interpolation (scipy's
 * `affine_transform` of order 1): outside the picture the edge pixels are repeated. The result is not rounded.
 *
 * @param source [height, width, 3], any range
 * @param out [height, width, 3], receives the result times `scale`
 * @param scale default 1/255, which scales pixels to 0..1
 */
export function applyTransform(
  source: Uint8Array | Float32Array,
  height: number,
  width: number,
  transform: Transform,
  out: Float32Array,
  scale = 1 / 255,
): void {
  const { a, b, c, d, row0, column0 } = affine(transform, height, width);
  const lastRow = height - 1;
  const lastColumn = width - 1;
  const stride = 3 * width;
  const step = transform.flipHorizontal ? -3 : 3;
  for (let y = 0; y < height; y++) {
    const startRow = a * y + row0;
    const startColumn = c * y + column0;
    // From `from` to `to` all four neighbours are inside. One pixel less at each end allows for rounding.
    const [rowFrom, rowTo] = inside(startRow, b, lastRow);
    const [columnFrom, columnTo] = inside(startColumn, d, lastColumn);
    const from = Math.min(Math.max(Math.ceil(Math.max(rowFrom, columnFrom)) + 1, 0), width);
    const to = Math.max(Math.min(Math.floor(Math.min(rowTo, columnTo)) - 1, width), from);
    const target = (transform.flipVertical ? lastRow - y : y) * width;
    let at = 3 * (target + (transform.flipHorizontal ? lastColumn : 0));
    for (let x = 0; x < width; x++, at += step) {
      let row = startRow + b * x;
      let column = startColumn + d * x;
      let below = stride;
      let right = 3;
      if (x < from || x >= to) {
        row = row < 0 ? 0 : row > lastRow ? lastRow : row;
        column = column < 0 ? 0 : column > lastColumn ? lastColumn : column;
        if (row === lastRow) below = 0;
        if (column === lastColumn) right = 0;
      }
      const top = row | 0;
      const left = column | 0;
      const down = (row - top) * scale;
      const up = scale - down;
      const across = column - left;
      const back = 1 - across;
      const w00 = up * back;
      const w01 = up * across;
      const w10 = down * back;
      const w11 = down * across;
      const p00 = top * stride + 3 * left;
      const p01 = p00 + right;
      const p10 = p00 + below;
      const p11 = p10 + right;
      out[at] = w00 * source[p00]! + w01 * source[p01]! + w10 * source[p10]! + w11 * source[p11]!;
      out[at + 1] =
        w00 * source[p00 + 1]! + w01 * source[p01 + 1]! + w10 * source[p10 + 1]! + w11 * source[p11 + 1]!;
      out[at + 2] =
        w00 * source[p00 + 2]! + w01 * source[p01 + 2]! + w10 * source[p10 + 2]! + w11 * source[p11 + 2]!;
    }
  }
}

/** The interval of x in which 0 ≤ start + slope·x < last. Slopes near 0 count as 0. */
function inside(start: number, slope: number, last: number): [number, number] {
  if (Math.abs(slope) < 1e-9) {
    return start > 1e-4 && start < last - 1e-4 ? [-Infinity, Infinity] : [Infinity, -Infinity];
  }
  const first = -start / slope;
  const second = (last - start) / slope;
  return first < second ? [first, second] : [second, first];
}

/** Scales pixels (0..255) to 0..1 without a transform. */
export function scalePixels(source: Uint8Array, out: Float32Array, scale = 1 / 255): void {
  for (let i = 0; i < source.length; i++) out[i] = source[i]! * scale;
}
