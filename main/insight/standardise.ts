import { rowOf, type Matrix } from './matrix.ts';

/** Mean and standard deviation of each column; the scale of a constant column is 1. */
export interface Standardisation {
  mean: Float64Array;
  scale: Float64Array;
}

/**
 * Fits the standardisation as scikit-learn's StandardScaler, with the population's standard deviation (divided by n).
 */
export function fitStandardisation(matrix: Matrix): Standardisation {
  const { rows, width } = matrix;
  const mean = new Float64Array(width);
  const square = new Float64Array(width);
  for (let row = 0; row < rows; row++) {
    const values = rowOf(matrix, row);
    for (let column = 0; column < width; column++) mean[column]! += values[column]!;
  }
  for (let column = 0; column < width; column++) mean[column]! /= Math.max(1, rows);
  // A second pass, since the difference of two large sums would lose precision.
  for (let row = 0; row < rows; row++) {
    const values = rowOf(matrix, row);
    for (let column = 0; column < width; column++) square[column]! += (values[column]! - mean[column]!) ** 2;
  }
  const scale = square.map((sum) => Math.sqrt(sum / Math.max(1, rows)) || 1);
  return { mean, scale };
}

/** A new matrix with (x - mean) / scale. */
export function standardise(matrix: Matrix, { mean, scale }: Standardisation): Matrix {
  const { rows, width } = matrix;
  const data = new Float32Array(rows * width);
  for (let start = 0; start < data.length; start += width) {
    for (let column = 0; column < width; column++) {
      data[start + column] = (matrix.data[start + column]! - mean[column]!) / scale[column]!;
    }
  }
  return { rows, width, data };
}
