import type { Matrix } from './matrix.ts';

/** Mean and standard deviation of each column; the scale of a constant column is 1. */
export interface Standardisation {
  mean: Float64Array;
  scale: Float64Array;
}

/**
 * Fits the standardisation as scikit-learn's StandardScaler, with the population's standard deviation (divided by n).
 */
export function fitStandardisation({ rows, width, data }: Matrix): Standardisation {
  const mean = new Float64Array(width);
  const square = new Float64Array(width);
  for (let row = 0; row < rows; row++) {
    const start = row * width;
    for (let column = 0; column < width; column++) mean[column]! += data[start + column]!;
  }
  for (let column = 0; column < width; column++) mean[column]! /= Math.max(1, rows);
  // A second pass, since the difference of two large sums would lose precision.
  for (let row = 0; row < rows; row++) {
    const start = row * width;
    for (let column = 0; column < width; column++) {
      const deviation = data[start + column]! - mean[column]!;
      square[column]! += deviation * deviation;
    }
  }
  const scale = square.map((sum) => Math.sqrt(sum / Math.max(1, rows)) || 1);
  return { mean, scale };
}
