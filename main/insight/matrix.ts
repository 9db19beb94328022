/** Vectors of the same width, one per row. */
export interface Matrix {
  rows: number;
  width: number;
  /** [rows, width] float32, row-major. */
  data: Float32Array;
}

/** A view of one row. */
export const rowOf = ({ data, width }: Matrix, row: number): Float32Array =>
  data.subarray(row * width, (row + 1) * width);

/** Copies rows in the given order. */
export function takeRows(matrix: Matrix, rows: ArrayLike<number>): Matrix {
  const { width } = matrix;
  const data = new Float32Array(rows.length * width);
  for (let to = 0; to < rows.length; to++) data.set(rowOf(matrix, rows[to]!), to * width);
  return { rows: rows.length, width, data };
}

/**
 * Dot product. Four independent sums make it three times as fast, since no addition waits for the previous one. It is
 * written once for each type of weights, because code that has seen both types of array takes a third longer.
 */
export function dot(values: Float32Array, weights: Float64Array): number {
  let [a, b, c, d] = [0, 0, 0, 0];
  const whole = values.length - (values.length % 4);
  for (let at = 0; at < whole; at += 4) {
    a += values[at]! * weights[at]!;
    b += values[at + 1]! * weights[at + 1]!;
    c += values[at + 2]! * weights[at + 2]!;
    d += values[at + 3]! * weights[at + 3]!;
  }
  for (let at = whole; at < values.length; at++) a += values[at]! * weights[at]!;
  return a + b + (c + d);
}

/** `dot` of two rows. */
export function dotOfRows(values: Float32Array, others: Float32Array): number {
  let [a, b, c, d] = [0, 0, 0, 0];
  const whole = values.length - (values.length % 4);
  for (let at = 0; at < whole; at += 4) {
    a += values[at]! * others[at]!;
    b += values[at + 1]! * others[at + 1]!;
    c += values[at + 2]! * others[at + 2]!;
    d += values[at + 3]! * others[at + 3]!;
  }
  for (let at = whole; at < values.length; at++) a += values[at]! * others[at]!;
  return a + b + (c + d);
}

/** Adds a multiple of a row to a sum, which may be longer. */
export function addScaled(sum: Float64Array, values: Float32Array, factor: number): void {
  const whole = values.length - (values.length % 4);
  for (let at = 0; at < whole; at += 4) {
    sum[at]! += factor * values[at]!;
    sum[at + 1]! += factor * values[at + 1]!;
    sum[at + 2]! += factor * values[at + 2]!;
    sum[at + 3]! += factor * values[at + 3]!;
  }
  for (let at = whole; at < values.length; at++) sum[at]! += factor * values[at]!;
}
