import { tf, type Tensor, type Tensor2D } from '../tensorflow.ts';
import { biasOf, kernelBlocks, type DenseLayout } from './layout.ts';

/** What the logits of n pictures consist of: `logits[i]` is the sum of its cells and of its bias part. */
export interface Attribution {
  /** `[n]`, positive for class 1. */
  logits: Float32Array;
  /** `[n, cells]`, positive where a cell is evidence for class 1. */
  cells: Float32Array;
  /** `[n]`: the contribution of all biases. */
  biases: Float32Array;
}

/**
 * The contribution of each cell of the features, and of the biases, to the logit: features times the gradient of the logit,
 * summed over the cell's channels, and biases times the gradient at their units. Layers with ReLU are linear where no unit
 * changes sign, so these contributions add up exactly to the logit. With several hidden layers this is gradient × input
 * (Shrikumar et al., 2016), which adds up for ReLU layers as well.
 *
 * @param layers the hidden layers and the last one
 * @param read the value of a variable; disposed here
 * @param products `[n, cells, units]` of the first layer, see `cellProducts`
 */
export function attribution(
  layers: readonly DenseLayout[],
  read: (name: string) => Tensor,
  products: Float32Array,
  n: number,
  cells: number,
): Attribution {
  return tf.tidy(() => {
    const byCell = tf.tensor3d(products, [n, cells, layers[0]!.outputs]);
    const sums = weightedSums(layers, read, byCell);
    let biases: Tensor = tf.zeros([n]);
    // d logit / d logit
    let gradient: Tensor2D = tf.ones([n, 1]);
    for (const [index, layer] of [...layers.entries()].reverse()) {
      if (index < layers.length - 1) gradient = gradient.mul(sums[index]!.greater(0).cast('float32'));
      biases = biases.add(gradient.mul(read(biasOf(layer).name)).sum(1));
      if (index > 0) gradient = inputGradient(layer, read, gradient);
    }
    return {
      logits: sums.at(-1)!.dataSync<'float32'>(),
      cells: byCell.mul(gradient.expandDims(1)).sum(2).dataSync<'float32'>(),
      biases: biases.dataSync<'float32'>(),
    };
  });
}

/** Of each layer before ReLU, `[n, units]`; those of the last one are the logits. */
function weightedSums(
  layers: readonly DenseLayout[],
  read: (name: string) => Tensor,
  byCell: Tensor,
): Tensor2D[] {
  const sums: Tensor2D[] = [byCell.sum<Tensor2D>(1).add(read(biasOf(layers[0]!).name))];
  for (const layer of layers.slice(1)) {
    const x = sums.at(-1)!.relu();
    let row = 0;
    const parts = kernelBlocks(layer).map(({ name, shape }) => {
      const columns = x.slice([0, row], [-1, shape[0]!]);
      row += shape[0]!;
      return tf.matMul(columns, read(name));
    });
    sums.push(tf.addN(parts).add(read(biasOf(layer).name)));
  }
  return sums;
}

/** The gradient with respect to the layer's input, from that of its output: one matmul for each block of the kernel. */
function inputGradient(layer: DenseLayout, read: (name: string) => Tensor, gradient: Tensor2D): Tensor2D {
  const parts = kernelBlocks(layer).map(({ name }) => tf.matMul<Tensor2D>(gradient, read(name), false, true));
  return parts.length === 1 ? parts[0]! : tf.concat(parts, 1);
}
