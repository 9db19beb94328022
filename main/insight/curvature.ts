import type { Steps } from '../support/steps.ts';
import type { Matrix } from './matrix.ts';
import type { Standardisation } from './standardise.ts';

/** Rows of the matrix that are added at a time: each pass over the Hessian serves four. */
const ROWS = 4;

/** A symmetric positive definite matrix as L · Lᵀ, to solve systems with. */
export interface Factor {
  size: number;
  /** [size, size], row by row: L below and on the diagonal. */
  lower: Float64Array;
}

/**
 * The curvature of a penalised loss: the Hessian of ½‖w‖² + Σ weight · (row · w + bias)² / 2 on standardised columns, as
 * its Cholesky factor. Takes about as long as 150 passes over the rows.
 *
 * @param matrix [n, width], at least one row
 * @param weights [n], the second derivative of each row's loss, at least 0
 * @yields every few milliseconds
 * @returns of size width + 1, the bias last
 */
export function* curvatureSteps(
  { rows, width, data }: Matrix,
  weights: Float64Array,
  { mean, scale }: Standardisation,
): Steps<Factor> {
  const size = width + 1;
  const hessian = new Float64Array(size * size);
  const some = Array.from({ length: ROWS }, () => new Float64Array(size));
  for (let row = 0; row < rows; row += ROWS) {
    some.forEach((values, at) => {
      // The square root of the weight in each factor; rows past the end count nothing.
      const weight = row + at < rows ? Math.sqrt(weights[row + at]!) : 0;
      const start = Math.min(row + at, rows - 1) * width;
      for (let column = 0; column < width; column++) {
        values[column] = (weight * (data[start + column]! - mean[column]!)) / scale[column]!;
      }
      values[width] = weight;
    });
    addProducts(hessian, size, some);
    if (row % (4 * ROWS) === 0) yield;
  }
  for (let column = 0; column < width; column++) hessian[column * size + column]! += 1;
  yield* factorise(hessian, size);
  return { size, lower: hessian };
}

/** Adds the outer products of four vectors to the lower triangle. */
function addProducts(hessian: Float64Array, size: number, vectors: readonly Float64Array[]): void {
  const [first, second, third, fourth] = vectors as [Float64Array, Float64Array, Float64Array, Float64Array];
  for (let row = 0; row < size; row++) {
    const [a, b, c, d] = [first[row]!, second[row]!, third[row]!, fourth[row]!];
    const start = row * size;
    for (let column = 0; column <= row; column++) {
      hessian[start + column]! +=
        a * first[column]! + b * second[column]! + (c * third[column]! + d * fourth[column]!);
    }
  }
}

/** Replaces the lower triangle of a matrix by its Cholesky factor, row by row. */
function* factorise(matrix: Float64Array, size: number): Steps<void> {
  for (let row = 0; row < size; row++) {
    const start = row * size;
    for (let column = 0; column <= row; column++) {
      const other = column * size;
      let [sum, next] = [0, 0];
      const even = column - (column % 2);
      for (let at = 0; at < even; at += 2) {
        sum += matrix[start + at]! * matrix[other + at]!;
        next += matrix[start + at + 1]! * matrix[other + at + 1]!;
      }
      if (even < column) sum += matrix[start + even]! * matrix[other + even]!;
      const rest = matrix[start + column]! - sum - next;
      // The penalty keeps the diagonal above 0; only the bias has none, whose rest rounding may take away.
      matrix[start + column] =
        column === row ? Math.sqrt(Math.max(rest, 1e-12)) : rest / matrix[other + column]!;
    }
    if (row % 8 === 7) yield;
  }
}

/** Solves L · Lᵀ · x = `right`, in place. */
export function solveByFactor({ size, lower }: Factor, right: Float64Array): void {
  for (let row = 0; row < size; row++) {
    const start = row * size;
    let sum = right[row]!;
    for (let column = 0; column < row; column++) sum -= lower[start + column]! * right[column]!;
    right[row] = sum / lower[start + row]!;
  }
  for (let row = size - 1; row >= 0; row--) {
    const start = row * size;
    const value = right[row]! / lower[start + row]!;
    right[row] = value;
    for (let column = 0; column < row; column++) right[column]! -= lower[start + column]! * value;
  }
}
