import { eachIndex, finish, type Steps } from '../support/steps.ts';
import type { Matrix } from './matrix.ts';

/** Rows of one block: 12 MB of the index. */
const BLOCK_ROWS = 4096;

/** Some of the rows. */
export interface RowBlock {
  block: Matrix;
  /** Index of its first row. */
  first: number;
}

/** A growing list of vectors of the same width, stored in blocks, so that growing does not copy a large index. */
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

  /** Copies rows in the given order. */
  take(rows: ArrayLike<number>): Matrix {
    return finish(this.takeSteps(rows));
  }

  /** `take` in steps. @yields after some thousand rows */
  *takeSteps(rows: ArrayLike<number>): Steps<Matrix> {
    const { width } = this;
    const data = new Float32Array(rows.length * width);
    yield* eachIndex(rows.length, BLOCK_ROWS, (to) => data.set(this.row(rows[to]!), to * width));
    return { rows: rows.length, width, data };
  }

  /** Each block of rows as a matrix, and the index of its first row. Rows that are appended meanwhile are not in them. */
  *blocks(): Generator<RowBlock> {
    const total = this.rows;
    for (let first = 0; first < total; first += BLOCK_ROWS) {
      const data = this.#blocks[first / BLOCK_ROWS]!;
      yield { block: { rows: Math.min(BLOCK_ROWS, total - first), width: this.width, data }, first };
    }
  }
}
