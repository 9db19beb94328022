import type { Matrix } from '../insight/matrix.ts';
import { tf, type Tensor } from '../model/tensorflow.ts';

/** Rows and columns of a block of products: 32 MB of them. */
const ROWS = 2048;
const COLUMNS = 4096;
/** Products in a chunk, whose values are read only if the largest may be among the nearest of a row. */
const CHUNK = 16;
/** Neighbours of each row: enough to connect a burst, few enough to compare all their pixels. */
const NEIGHBOURS = 8;

/** A pair of rows, `a` after `b`. */
export interface Pair {
  a: number;
  b: number;
  /** Cosine. */
  similarity: number;
}

/**
 * Finds the pairs of rows with a cosine of at least `least` of which one is new and which are among the 8 nearest of one
 * of the two. Exact: every new row is compared with every other, by matrix multiplication in blocks, of which memory
 * holds one.
 *
 * @param unit rows of length 1; those that were compared with each other before come first
 * @param firstNew index of the first row that was not
 * @param onShare hears the share that is done, 0..1, after each block
 * @returns the most similar first
 */
export async function nearestPairs(
  unit: Matrix,
  firstNew: number,
  least: number,
  onShare: (share: number) => Promise<void>,
): Promise<Pair[]> {
  const neighbours = new Neighbours(unit.rows, least);
  const total = unit.rows ** 2 - firstNew ** 2;
  for (let top = firstNew; top < unit.rows; top += ROWS) {
    const bottom = Math.min(top + ROWS, unit.rows);
    const rows = block(unit, top, bottom);
    try {
      for (let left = 0; left < bottom; left += COLUMNS) {
        const right = Math.min(left + COLUMNS, bottom);
        await addProducts(neighbours, rows, unit, [top, left, right]);
        const done = top ** 2 + (bottom ** 2 - top ** 2) * (right / bottom);
        await onShare((done - firstNew ** 2) / total);
      }
    } finally {
      rows.dispose();
    }
  }
  return neighbours.pairs();
}

const block = ({ data, width }: Matrix, from: number, to: number): Tensor =>
  tf.tensor2d(data.subarray(from * width, to * width), [to - from, width]);

/**
 * Adds what may be among the nearest of the products of `rows`, which start at `top`, and the rows from `left` to `right`.
 * Most products are far below: TensorFlow finds the largest of each chunk, and only a few chunks are read.
 */
async function addProducts(
  neighbours: Neighbours,
  rows: Tensor,
  unit: Matrix,
  [top, left, right]: [top: number, left: number, right: number],
): Promise<void> {
  const { products, largest } = tf.tidy(() => {
    const product = tf.matMul(rows, block(unit, left, right), false, true);
    const missing = (CHUNK - ((right - left) % CHUNK)) % CHUNK;
    const padded =
      missing === 0
        ? product
        : tf.pad(
            product,
            [
              [0, 0],
              [0, missing],
            ],
            -1,
          );
    const chunks = padded.reshape([-1, CHUNK]);
    return { products: chunks, largest: chunks.max(1) };
  });
  try {
    const wanted = neighbours.wanted(await largest.data<'float32'>(), [top, left, right]);
    if (wanted.length === 0) return;
    const read = tf.tidy(() => tf.gather(products, tf.tensor1d(wanted, 'int32')));
    try {
      neighbours.add(await read.data<'float32'>(), wanted, [top, left, right]);
    } finally {
      read.dispose();
    }
  } finally {
    products.dispose();
    largest.dispose();
  }
}

const chunksIn = (left: number, right: number): number => Math.ceil((right - left) / CHUNK);

/** The nearest neighbours of each row found so far. */
class Neighbours {
  /** [rows, NEIGHBOURS] rows, -1 where there is none yet, and their cosines, the lowest first. */
  readonly #rows: Int32Array;
  readonly #similarities: Float32Array;

  constructor(rows: number, least: number) {
    this.#rows = new Int32Array(rows * NEIGHBOURS).fill(-1);
    this.#similarities = new Float32Array(rows * NEIGHBOURS).fill(least);
  }

  /**
   * Chunks with a product that may be among the nearest of one of its rows.
   *
   * @param largest the largest product of each chunk
   */
  wanted(largest: Float32Array, [top, left, right]: [top: number, left: number, right: number]): Int32Array {
    const across = chunksIn(left, right);
    const limits = Float32Array.from({ length: across }, (_, chunk) => {
      const from = left + chunk * CHUNK;
      return this.#limit(from, Math.min(from + CHUNK, right));
    });
    const found: number[] = [];
    for (let at = 0; at < largest.length; at += across) {
      const a = top + at / across;
      const limit = this.#limit(a, a + 1);
      // Only products of a row and an earlier one count.
      const end = Math.min(across, chunksIn(left, a));
      for (let chunk = 0; chunk < end; chunk++) {
        const value = largest[at + chunk]!;
        if (value >= limit || value >= limits[chunk]!) found.push(at + chunk);
      }
    }
    return Int32Array.from(found);
  }

  /** @param values the products of the `wanted` chunks, one after the other */
  add(
    values: Float32Array,
    wanted: Int32Array,
    [top, left, right]: [top: number, left: number, right: number],
  ): void {
    const across = chunksIn(left, right);
    const lowest = this.#similarities;
    for (let index = 0; index < wanted.length; index++) {
      const chunk = wanted[index]!;
      const a = top + Math.floor(chunk / across);
      const from = left + (chunk % across) * CHUNK;
      const count = Math.min(CHUNK, a - from);
      for (let column = 0; column < count; column++) {
        const value = values[index * CHUNK + column]!;
        const b = from + column;
        // Not a function call for each of millions of values.
        if (value >= lowest[a * NEIGHBOURS]!) this.#insert(a, b, value);
        if (value >= lowest[b * NEIGHBOURS]!) this.#insert(b, a, value);
      }
    }
  }

  /** The least product that would be among the nearest of one of these rows. */
  #limit(from: number, to: number): number {
    let least = Infinity;
    for (let row = from; row < to; row++) least = Math.min(least, this.#similarities[row * NEIGHBOURS]!);
    return least;
  }

  /** @param similarity at least the lowest of the row's neighbours */
  #insert(row: number, other: number, similarity: number): void {
    const first = row * NEIGHBOURS;
    let at = first;
    while (at < first + NEIGHBOURS - 1 && this.#similarities[at + 1]! < similarity) {
      this.#similarities[at] = this.#similarities[at + 1]!;
      this.#rows[at] = this.#rows[at + 1]!;
      at++;
    }
    this.#similarities[at] = similarity;
    this.#rows[at] = other;
  }

  pairs(): Pair[] {
    const found = new Map<number, Pair>();
    const count = this.#rows.length / NEIGHBOURS;
    this.#rows.forEach((other, at) => {
      if (other < 0) return;
      const row = Math.floor(at / NEIGHBOURS);
      const [a, b] = [Math.max(row, other), Math.min(row, other)];
      found.set(a * count + b, { a, b, similarity: this.#similarities[at]! });
    });
    return [...found.values()].sort(
      (one, other) => other.similarity - one.similarity || one.a - other.a || one.b - other.b,
    );
  }
}
