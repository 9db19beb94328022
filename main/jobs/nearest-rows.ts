import type { Matrix } from '../insight/matrix.ts';
import type { Neighbourhoods } from '../insight/umap.ts';
import { tf } from '../model/tensorflow.ts';

/** Rows compared with all others at once: 10 MB of cosines for 10,000 rows. */
const ROWS = 256;

/**
 * The nearest rows of `base` for each row, by cosine distance (1 - cosine). Exact: every row is compared with every row
 * of `base` by matrix multiplication.
 *
 * @param unit rows of length 1
 * @param base rows of length 1, at least `count`
 * @param onShare receives the share that is done, 0..1, after each block; awaited
 */
export async function nearestRows(
  unit: Matrix,
  base: Matrix,
  count: number,
  onShare: (share: number) => Promise<void>,
): Promise<Neighbourhoods> {
  const rows: number[][] = [];
  const distances: number[][] = [];
  const all = tf.tensor2d(base.data, [base.rows, base.width]);
  try {
    for (let first = 0; first < unit.rows; first += ROWS) {
      const end = Math.min(first + ROWS, unit.rows);
      const [values, indices] = tf.tidy(() => {
        const data = unit.data.subarray(first * unit.width, end * unit.width);
        const block = tf.tensor2d(data, [end - first, unit.width]);
        const found = tf.topk(tf.matMul(block, all, false, true), count);
        return [found.values, found.indices] as const;
      });
      const [similarities, nearest] = [await values.data<'float32'>(), await indices.data<'int32'>()];
      values.dispose();
      indices.dispose();
      for (let from = 0; from < nearest.length; from += count) {
        rows.push([...nearest.subarray(from, from + count)]);
        distances.push(Array.from(similarities.subarray(from, from + count), (one) => Math.max(0, 1 - one)));
      }
      await onShare(end / unit.rows);
    }
  } finally {
    all.dispose();
  }
  return { rows, distances };
}

/**
 * `nearestRows` of each row of a matrix among all its rows, with the row itself first, at distance 0: rounding may put a
 * copy before it.
 *
 * @param count at most the number of rows
 */
export async function neighbourhoods(
  unit: Matrix,
  count: number,
  onShare: (share: number) => Promise<void>,
): Promise<Neighbourhoods> {
  const { rows, distances } = await nearestRows(unit, unit, count, onShare);
  rows.forEach((found, row) => {
    const own = found.indexOf(row);
    // Among many copies of itself it may be missing: then the farthest makes room.
    const at = own < 0 ? count - 1 : own;
    found.splice(at, 1);
    distances[row]!.splice(at, 1);
    found.unshift(row);
    distances[row]!.unshift(0);
  });
  return { rows, distances };
}
