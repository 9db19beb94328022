import type { Steps } from '../support/steps.ts';
import type { Matrix } from './matrix.ts';
import type { RowBlocks } from './row-blocks.ts';

/**
 * Cosine similarity of a vector and every row.
 *
 * @yields after each block of rows
 * @returns [rows], 0 for rows of zeros
 */
export function* similaritySteps(vectors: RowBlocks, to: Float32Array): Steps<Float32Array> {
  const found = new Float32Array(vectors.rows);
  for (const { block, first } of vectors.blocks()) {
    found.set(similarities(block, to), first);
    yield;
  }
  return found;
}

/**
 * Cosine similarity of a vector and each row of a matrix.
 *
 * @returns [rows], 0 for rows of zeros
 */
export function similarities({ rows, width, data }: Matrix, to: Float32Array): Float32Array {
  const found = new Float32Array(rows);
  const length = Math.hypot(...to) || 1;
  const whole = width - (width % 2);
  for (let row = 0; row < rows; row++) {
    const start = row * width;
    // Two sums of each kind, so that no addition waits for the previous one.
    let [product, otherProduct, squares, otherSquares] = [0, 0, 0, 0];
    for (let column = 0; column < whole; column += 2) {
      const value = data[start + column]!;
      const other = data[start + column + 1]!;
      product += value * to[column]!;
      otherProduct += other * to[column + 1]!;
      squares += value * value;
      otherSquares += other * other;
    }
    for (let column = whole; column < width; column++) {
      const value = data[start + column]!;
      product += value * to[column]!;
      squares += value * value;
    }
    squares += otherSquares;
    if (squares > 0) found[row] = (product + otherProduct) / (Math.sqrt(squares) * length);
  }
  return found;
}
