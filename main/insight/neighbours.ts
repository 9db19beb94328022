import { dotOfRows, rowOf, takeRows, type Matrix } from './matrix.ts';

export interface Neighbour {
  row: number;
  /** Cosine similarity, -1..1. */
  similarity: number;
}

/**
 * A copy of rows, each divided by its length; a row of zeros stays zero.
 *
 * @param rows indices of the rows to copy, in this order; default: all
 */
export function normalised(matrix: Matrix, rows?: ArrayLike<number>): Matrix {
  const copy = takeRows(matrix, rows ?? Array.from({ length: matrix.rows }, (_, row) => row));
  for (let row = 0; row < copy.rows; row++) {
    const values = rowOf(copy, row);
    const length = Math.sqrt(dotOfRows(values, values));
    if (length > 0) for (let column = 0; column < values.length; column++) values[column]! /= length;
  }
  return copy;
}

/**
 * The rows most similar to a vector, most similar first. Exact: compares with every row.
 *
 * @param unit rows of length 1, from `normalised`
 * @param vector any length; a vector of zeros has no neighbours
 * @param options `count`: maximum number of rows; `except`: whether to leave out a row
 */
export function nearest(
  unit: Matrix,
  vector: Float32Array,
  { count, except = () => false }: { count: number; except?: (row: number) => boolean },
): Neighbour[] {
  const length = Math.sqrt(dotOfRows(vector, vector));
  if (length === 0) return [];
  const found: Neighbour[] = [];
  for (let row = 0; row < unit.rows; row++) {
    if (except(row)) continue;
    found.push({ row, similarity: dotOfRows(rowOf(unit, row), vector) / length });
  }
  return found.sort((a, b) => b.similarity - a.similarity || a.row - b.row).slice(0, count);
}
