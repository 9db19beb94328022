/** The head's Dense layers and how their kernels are cut into blocks of rows. */

export interface HeadOptions {
  /** Number of one picture's features, 37,632 in the tutorial. */
  features: number;
  /** Units of each hidden Dense layer. */
  units: readonly number[];
  /** Fraction of hidden units dropped while training, 0 up to (not including) 1. */
  dropout: number;
}

export interface DenseLayout {
  /** As a fresh session of Keras names it: `dense`, `dense_1`, … */
  name: string;
  inputs: number;
  outputs: number;
  /** Rows of each block of the kernel; all equal but the last, which may be smaller. */
  blockRows: readonly number[];
}

/** About 5 MB a variable: blocks are divided among the chains that update them, and are read from and written to files. */
const BLOCK_VALUES = 1_204_224;

/**
 * 0.6 MB a gradient, so that it is still in the core's own cache when the optimiser reads it, see
 * docs/decisions/head-in-blocks.md.
 */
const PIECE_VALUES = 150_528;

/** The hidden layers and the last one, of one unit. */
export function headLayout({ features, units }: HeadOptions): DenseLayout[] {
  const widths = [features, ...units, 1];
  return widths.slice(1).map((outputs, index) => {
    const inputs = widths[index]!;
    const rows = Math.max(1, Math.min(inputs, Math.floor(BLOCK_VALUES / outputs)));
    const full = Math.floor(inputs / rows);
    const rest = inputs - full * rows;
    return {
      name: index === 0 ? 'dense' : `dense_${index}`,
      inputs,
      outputs,
      blockRows: [...Array<number>(full).fill(rows), ...(rest > 0 ? [rest] : [])],
    };
  });
}

/**
 * The rows of a block whose gradients are computed and applied together.
 *
 * @param rows of the block
 * @returns their numbers within the block, for each piece in order
 */
export function kernelPieces(rows: number, outputs: number): Int32Array[] {
  const length = Math.max(1, Math.floor(PIECE_VALUES / outputs));
  return Array.from({ length: Math.ceil(rows / length) }, (_, piece) => {
    const start = piece * length;
    return Int32Array.from({ length: Math.min(length, rows - start) }, (_row, index) => start + index);
  });
}

/** A variable of the head's graph. */
export interface VariableLayout {
  /** In the graph and its signatures: `dense/kernel/0`, `dense/bias`. */
  name: string;
  shape: readonly number[];
}

export const kernelBlocks = ({ name, outputs, blockRows }: DenseLayout): VariableLayout[] =>
  blockRows.map((rows, block) => ({ name: `${name}/kernel/${block}`, shape: [rows, outputs] }));

export const biasOf = ({ name, outputs }: DenseLayout): VariableLayout => ({
  name: `${name}/bias`,
  shape: [outputs],
});

/** Running mean of a variable's squared gradients. */
export const meanSquareOf = (variable: VariableLayout): VariableLayout => ({
  ...variable,
  name: `rms/${variable.name}`,
});

/** A whole array of the head, and the variables with its rows, in order. */
export interface HeadArray {
  /** `dense/kernel` `[inputs, units]`, `dense/bias` `[units]`, … */
  name: string;
  shape: readonly number[];
  variables: readonly VariableLayout[];
}

/** An array of the head: `dense/kernel` `[inputs, units]`, `dense/bias` `[units]`, …, row-major float32. */
export interface HeadWeight {
  shape: readonly number[];
  values: Float32Array;
}
export type HeadWeights = ReadonlyMap<string, HeadWeight>;

export function headArrays(layers: readonly DenseLayout[]): HeadArray[] {
  return layers.flatMap((layer) => [
    { name: `${layer.name}/kernel`, shape: [layer.inputs, layer.outputs], variables: kernelBlocks(layer) },
    { name: `${layer.name}/bias`, shape: [layer.outputs], variables: [biasOf(layer)] },
  ]);
}

/** The optimiser's arrays, beside those of the head. */
export function optimizerArrays(layers: readonly DenseLayout[]): HeadArray[] {
  return headArrays(layers).map(({ name, shape, variables }) => ({
    name: `rms/${name}`,
    shape,
    variables: variables.map(meanSquareOf),
  }));
}
