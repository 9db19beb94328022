import { tf, type Tensor, type Tensor2D } from '../tensorflow.ts';
import { biasOf, kernelBlocks, type DenseLayout } from './layout.ts';

/**
 * The contribution of each cell of the features to the logit: features times the gradient of the logit, summed over the
 * cell's channels. Layers with ReLU are linear where no unit changes sign, so the contributions of all cells and of the
 * biases add up exactly to the logit. With several hidden layers this is gradient × input (Shrikumar et al., 2016), which is
 * exact for ReLU layers as well.
 *
 * @param layers the hidden layers and the last one
 * @param read the value of a variable; disposed here
 * @param features `[n, cells × channels]`, cells in row-major order
 * @returns `[n, cells]`, positive where it counts for class 1
 */
export function attribution(
  layers: readonly DenseLayout[],
  read: (name: string) => Tensor,
  features: Tensor,
  cells: number,
): Tensor2D {
  return tf.tidy(() => {
    const x = features as Tensor2D;
    const [n, width] = [x.shape[0], x.shape[1]];
    const active = activeUnits(layers.slice(0, -1), read, x);
    // d logit / d logit
    let gradient: Tensor2D = tf.ones([n, 1]);
    for (const [index, layer] of [...layers.entries()].reverse()) {
      gradient = inputGradient(layer, read, gradient);
      if (index > 0) gradient = gradient.mul(active[index - 1]!);
    }
    return x
      .mul(gradient)
      .reshape([n, cells, width / cells])
      .sum(2);
  });
}

/** Which units of each hidden layer are on: `[n, units]`, 0 or 1. */
function activeUnits(
  hidden: readonly DenseLayout[],
  read: (name: string) => Tensor,
  features: Tensor2D,
): Tensor2D[] {
  let x = features;
  return hidden.map((layer) => {
    let row = 0;
    const products = kernelBlocks(layer).map(({ name, shape }) => {
      const part = x.slice([0, row], [-1, shape[0]!]);
      row += shape[0]!;
      return tf.matMul(part, read(name));
    });
    const z = tf.addN(products).add<Tensor2D>(read(biasOf(layer).name));
    x = z.relu();
    return z.greater(0).cast('float32');
  });
}

/** The gradient with respect to the layer's input, from that of its output: one matmul for each block of the kernel. */
function inputGradient(layer: DenseLayout, read: (name: string) => Tensor, gradient: Tensor2D): Tensor2D {
  const parts = kernelBlocks(layer).map(({ name }) => tf.matMul<Tensor2D>(gradient, read(name), false, true));
  return parts.length === 1 ? parts[0]! : tf.concat(parts, 1);
}
