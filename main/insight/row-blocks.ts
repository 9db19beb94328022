import type { Matrix } from './matrix.ts';

/** Rows of one block: 12 MB of the index. */
const BLOCK_ROWS = 4096;

/** Vectors of the same width that grow in number without being copied: half of a large index could be in memory twice else. */
export class RowBlocks {
  rows = 0;
  readonly #blocks: Float32Array[] = [];

  constructor(readonly width: number) {}

  /** A view of one row. */
  row(index: number): Float32Array {
    const from = (index % BLOCK_ROWS) * this.width;
    return this.#blocks[Math.floor(index / BLOCK_ROWS)]!.subarray(from, from + this.width);
  }

  /** Appends a copy of a vector. @returns its row */
  push(vector: Float32Array): number {
    const index = this.rows++;
    if (index % BLOCK_ROWS === 0) this.#blocks.push(new Float32Array(BLOCK_ROWS * this.width));
    this.row(index).set(vector);
    return index;
  }

  /** Some rows in the order asked for, in memory of their own. */
  take(rows: ArrayLike<number>): Matrix {
    const { width } = this;
    const data = new Float32Array(rows.length * width);
    for (let to = 0; to < rows.length; to++) data.set(this.row(rows[to]!), to * width);
    return { rows: rows.length, width, data };
  }

  /** Calls back with each block of rows as a matrix and the row with which it begins. */
  forEachBlock(callback: (block: Matrix, first: number) => void): void {
    this.#blocks.forEach((data, index) => {
      const first = index * BLOCK_ROWS;
      callback({ rows: Math.min(BLOCK_ROWS, this.rows - first), width: this.width, data }, first);
    });
  }
}
