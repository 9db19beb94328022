import type { Graph, Output } from '../graph/graph.ts';
import { matMul } from '../graph/layers.ts';
import { readVariable } from '../graph/variables.ts';
import { tf, type Tensor } from '../tensorflow.ts';
import type { DenseLayout } from './layout.ts';

/**
 * The first layer's weighted sums, apart for each cell of the features: what a heat map needs, from one pass over the
 * kernel (150 MB in the tutorial), which is what limits its speed.
 */

/** Name of the signature. */
export const CELL_PRODUCTS = 'cell-products';
const part = (block: number): string => `cell_part_${block}`;
const product = (block: number): string => `cell_product_${block}`;

/** Adds the signature: for each block of the kernel, part [rows, block's rows] → product [rows, units]. */
export function addCellProducts(
  graph: Graph,
  { blockRows }: DenseLayout,
  blocks: readonly { weights: Output }[],
): void {
  const parts = blocks.map((_, block) => graph.placeholder(part(block), [-1, blockRows[block]!]));
  const products = blocks.map(({ weights }, block) =>
    matMul(graph, parts[block]!, readVariable(graph, weights)),
  );
  const named = (name: (block: number) => string, outputs: readonly Output[]): Record<string, Output> =>
    Object.fromEntries(outputs.map((output, block) => [name(block), output]));
  graph.signature(CELL_PRODUCTS, named(part, parts), named(product, products));
}

/** Rows of the kernel from `start` on that belong to one block, and the cells that they belong to. */
interface Span {
  start: number;
  rows: number;
  firstCell: number;
  cells: number;
}

function spans({ blockRows }: DenseLayout, channels: number): Span[] {
  let start = 0;
  return blockRows.map((rows) => {
    const firstCell = Math.floor(start / channels);
    const cells = Math.ceil((start + rows) / channels) - firstCell;
    const span = { start, rows, firstCell, cells };
    start += rows;
    return span;
  });
}

/**
 * Runs the signature.
 *
 * @param features `[n, cells × channels]`, cells in row-major order
 * @param run runs the head's graph
 * @returns `[n, cells, units]`: their sum over the cells is the first layer's weighted sum without its bias
 */
export function cellProducts(
  layer: DenseLayout,
  features: Float32Array,
  n: number,
  cells: number,
  run: (feeds: Record<string, Tensor>) => Record<string, Tensor>,
): Float32Array {
  const { inputs, outputs: units } = layer;
  const channels = inputs / cells;
  const blocks = spans(layer, channels);
  const feeds = blocks.map(({ start, rows, firstCell, cells: count }, block): [string, Tensor] => {
    // A row for each picture and cell, which is zero outside that cell.
    const values = new Float32Array(n * count * rows);
    for (let picture = 0; picture < n; picture++) {
      for (let index = 0; index < count; index++) {
        const from = Math.max(start, (firstCell + index) * channels);
        const to = Math.min(start + rows, (firstCell + index + 1) * channels);
        const at = (picture * count + index) * rows + from - start;
        values.set(features.subarray(picture * inputs + from, picture * inputs + to), at);
      }
    }
    return [part(block), tf.tensor2d(values, [n * count, rows])];
  });
  const results = run(Object.fromEntries(feeds));
  const sums = new Float32Array(n * cells * units);
  blocks.forEach(({ firstCell, cells: count }, block) => {
    const values = results[product(block)]!.dataSync<'float32'>();
    for (let picture = 0; picture < n; picture++) {
      const from = picture * count * units;
      const to = (picture * cells + firstCell) * units;
      for (let index = 0; index < count * units; index++) sums[to + index]! += values[from + index]!;
    }
  });
  return sums;
}
