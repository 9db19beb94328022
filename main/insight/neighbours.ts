import { rowOf, takeRows, type Matrix } from './matrix.ts';

export interface Neighbour {
  row: number;
  /** Cosine of the angle between the two vectors: 1 where they point the same way. */
  similarity: number;
}

/**
 * Rows divided by their length, in new memory; a row of zeros stays as it is.
 *
 * @param rows which of them, in this order; default: all
 */
export function normalised(matrix: Matrix, rows?: ArrayLike<number>): Matrix {
  const copy = takeRows(matrix, rows ?? Array.from({ length: matrix.rows }, (_, row) => row));
  for (let row = 0; row < copy.rows; row++) {
    const values = rowOf(copy, row);
    const length = Math.sqrt(product(values, values));
    if (length > 0) for (let column = 0; column < values.length; column++) values[column]! /= length;
  }
  return copy;
}

/**
 * The rows most similar to a vector, the most similar first; exact, by comparing with every row.
 *
 * @param unit rows of length 1, as `normalised` gives them
 * @param vector of any length other than 0
 * @param options `count` of them at most; `except` leaves rows out
 */
export function nearest(
  unit: Matrix,
  vector: Float32Array,
  { count, except = () => false }: { count: number; except?: (row: number) => boolean },
): Neighbour[] {
  const length = Math.sqrt(product(vector, vector));
  if (length === 0) return [];
  const found: Neighbour[] = [];
  for (let row = 0; row < unit.rows; row++) {
    if (except(row)) continue;
    found.push({ row, similarity: product(rowOf(unit, row), vector) / length });
  }
  return found.sort((a, b) => b.similarity - a.similarity || a.row - b.row).slice(0, count);
}

function product(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let column = 0; column < a.length; column++) sum += a[column]! * b[column]!;
  return sum;
}
