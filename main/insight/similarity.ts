import { rowOf } from './matrix.ts';
import type { RowBlocks } from './row-blocks.ts';

/**
 * Cosine similarity of a vector and every row.
 *
 * @returns [rows], 0 for rows of zeros
 */
export function similarities(vectors: RowBlocks, to: Float32Array): Float32Array {
  const found = new Float32Array(vectors.rows);
  const length = Math.hypot(...to) || 1;
  for (const { block, first } of vectors.blocks()) {
    for (let row = 0; row < block.rows; row++) {
      const values = rowOf(block, row);
      let product = 0;
      let squares = 0;
      for (let column = 0; column < values.length; column++) {
        const value = values[column]!;
        product += value * to[column]!;
        squares += value * value;
      }
      if (squares > 0) found[first + row] = product / (Math.sqrt(squares) * length);
    }
  }
  return found;
}
