import type { Matrix } from '../insight/matrix.ts';
import { tf, type Tensor } from '../model/tensorflow.ts';

/** Rows and columns of a block of products: 32 MB of them. */
const ROWS = 2048;
const COLUMNS = 4096;
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
        neighbours.add(await products(rows, unit, left, right), [top, left, right - left]);
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

async function products(rows: Tensor, unit: Matrix, left: number, right: number): Promise<Float32Array> {
  const columns = block(unit, left, right);
  const product = tf.matMul(rows, columns, false, true);
  try {
    return await product.data<'float32'>();
  } finally {
    columns.dispose();
    product.dispose();
  }
}

/** The nearest neighbours of each row found so far. */
class Neighbours {
  /** [rows, NEIGHBOURS] rows, -1 where there is none yet, and their cosines, the lowest first. */
  readonly #rows: Int32Array;
  readonly #similarities: Float32Array;

  constructor(
    rows: number,
    private readonly least: number,
  ) {
    this.#rows = new Int32Array(rows * NEIGHBOURS).fill(-1);
    this.#similarities = new Float32Array(rows * NEIGHBOURS).fill(least);
  }

  /** @param values cosines of rows from `top` and rows from `left`, `width` of them; only those of a later and an earlier row count */
  add(values: Float32Array, [top, left, width]: [top: number, left: number, width: number]): void {
    const count = values.length / width;
    for (let row = 0; row < count; row++) {
      const a = top + row;
      const start = row * width;
      const end = start + Math.min(width, a - left);
      for (let at = start; at < end; at++) {
        if (values[at]! < this.least) continue;
        const b = left + at - start;
        this.#insert(a, b, values[at]!);
        this.#insert(b, a, values[at]!);
      }
    }
  }

  #insert(row: number, other: number, similarity: number): void {
    const first = row * NEIGHBOURS;
    if (similarity < this.#similarities[first]!) return;
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
