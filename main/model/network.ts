import type { ActivationName, Architecture, LayerSpec, WeightName } from './architecture/layers.ts';
import { foldBatchNorm } from './fold.ts';
import type { Graph, Output } from './graph/graph.ts';
import * as ops from './graph/layers.ts';
import { tensorKey, type Tensors } from './weights/canonical.ts';

type ConvolutionSpec = Extract<LayerSpec, { className: 'Conv2D' }>;
type NormalizationSpec = Extract<LayerSpec, { className: 'BatchNormalization' }>;

export interface NetworkOptions {
  /** Layers whose outputs are wanted; the network's output by default. */
  outputs?: readonly string[];
  /**
   * Whether a batch normalisation is folded into the convolution before it, where nobody else wants that one's output.
   * Default true.
   */
  fold?: boolean;
}

export interface Network {
  /** Placeholder `[batch, …shape of the input layer]`, any batch. */
  input: Output;
  /** By layer name. */
  outputs: Record<string, Output>;
}

/**
 * Adds a network in inference mode to a graph: any network of the layers that `architecture` describes. Its nodes have
 * the names of the layers.
 */
export function addNetwork(
  graph: Graph,
  architecture: Architecture,
  tensors: Tensors,
  { outputs = [architecture.output], fold = true }: NetworkOptions = {},
): Network {
  const foldable = fold ? foldableNormalizations(architecture, outputs) : new Map<string, ConvolutionSpec>();
  const builder = new NetworkBuilder(graph, tensors);
  const folded = new Set([...foldable.values()].map(({ name }) => name));
  const built = new Map<string, Output>();
  for (const layer of architecture.layers) {
    if (folded.has(layer.name)) continue;
    const convolution = foldable.get(layer.name);
    const inputs = (convolution ?? layer).inbound.map((name) => built.get(name)!);
    built.set(
      layer.name,
      convolution
        ? builder.foldedConvolution(convolution, layer as NormalizationSpec, inputs[0]!)
        : builder.layer(layer, inputs),
    );
  }
  return {
    input: built.get(architecture.input)!,
    outputs: Object.fromEntries(
      outputs.map((name) => {
        const output = built.get(name)!;
        // TensorFlow refuses to give out what it is fed.
        return [name, name === architecture.input ? ops.identity(graph, output) : output];
      }),
    ),
  };
}

/** Normalisations by name with the convolution before each, where that one's output is used nowhere else. */
function foldableNormalizations(
  { layers }: Architecture,
  outputs: readonly string[],
): Map<string, ConvolutionSpec> {
  const consumers = layers.flatMap(({ inbound }) => inbound);
  const convolutions = new Map(
    layers.flatMap((layer) => (layer.className === 'Conv2D' ? [[layer.name, layer] as const] : [])),
  );
  return new Map(
    layers.flatMap((layer) => {
      if (layer.className !== 'BatchNormalization') return [];
      const convolution = convolutions.get(layer.inbound[0]!);
      if (convolution?.activation !== 'linear' || outputs.includes(convolution.name)) return [];
      const isOnly = consumers.filter((name) => name === convolution.name).length === 1;
      return isOnly ? [[layer.name, convolution] as const] : [];
    }),
  );
}

class NetworkBuilder {
  readonly #graph: Graph;
  readonly #tensors: Tensors;

  constructor(graph: Graph, tensors: Tensors) {
    this.#graph = graph;
    this.#tensors = tensors;
  }

  layer(layer: LayerSpec, inputs: readonly Output[]): Output {
    const graph = this.#graph;
    const { name } = layer;
    const x = inputs[0]!;
    switch (layer.className) {
      case 'InputLayer':
        return graph.placeholder(name, [-1, ...layer.shape]);
      case 'Conv2D': {
        const y = this.#convolution(
          layer,
          x,
          this.#tensor(layer, 'kernel'),
          layer.useBias ? this.#tensor(layer, 'bias') : undefined,
        );
        return this.#activation(layer.activation, y, name);
      }
      case 'BatchNormalization':
        return this.#normalization(layer, x);
      case 'Activation':
        return this.#activation(layer.activation, x, name);
      case 'MaxPooling2D':
        return ops.maxPool(graph, x, {
          size: layer.poolSize,
          strides: layer.strides,
          padding: layer.padding,
          name,
        });
      case 'AveragePooling2D':
        return ops.averagePool(graph, x, {
          size: layer.poolSize,
          strides: layer.strides,
          padding: layer.padding,
          name,
        });
      case 'Concatenate':
        return ops.concat(graph, inputs, -1, name);
      case 'Flatten':
        return ops.reshape(graph, x, [-1, ...layer.outputShape], name);
      case 'Dense': {
        const [kernel, bias] = layer.weights;
        let y = ops.matMul(
          graph,
          x,
          this.#constant(layer.name, 'kernel', this.#tensor(layer, 'kernel'), kernel!.shape),
        );
        if (bias)
          y = ops.biasAdd(
            graph,
            y,
            this.#constant(layer.name, 'bias', this.#tensor(layer, 'bias'), bias.shape),
          );
        return this.#activation(layer.activation, y, name);
      }
      case 'Dropout':
        return ops.identity(graph, x, name);
    }
  }

  foldedConvolution(convolution: ConvolutionSpec, normalization: NormalizationSpec, x: Output): Output {
    const { kernel, bias } = foldBatchNorm(
      this.#tensor(convolution, 'kernel'),
      convolution.useBias ? this.#tensor(convolution, 'bias') : undefined,
      this.#statistics(normalization),
    );
    return this.#convolution(convolution, x, kernel, bias);
  }

  #convolution(
    layer: ConvolutionSpec,
    x: Output,
    kernel: Float32Array,
    bias: Float32Array | undefined,
  ): Output {
    const { name, strides, padding } = layer;
    const filter = this.#constant(name, 'kernel', kernel, layer.weights[0]!.shape);
    const y = ops.conv2d(this.#graph, x, filter, { strides, padding, name });
    if (!bias) return y;
    return ops.biasAdd(this.#graph, y, this.#constant(name, 'bias', bias, [bias.length]), `${name}/BiasAdd`);
  }

  #normalization(layer: NormalizationSpec, x: Output): Output {
    const { gamma, beta, mean, variance, epsilon } = this.#statistics(layer);
    const constant = (weight: WeightName, values: Float32Array): Output =>
      this.#constant(layer.name, weight, values, [values.length]);
    return ops.batchNorm(this.#graph, x, {
      gamma: constant('gamma', gamma ?? new Float32Array(mean.length).fill(1)),
      beta: constant('beta', beta ?? new Float32Array(mean.length)),
      mean: constant('moving_mean', mean),
      variance: constant('moving_variance', variance),
      epsilon,
      name: layer.name,
    });
  }

  #statistics(layer: NormalizationSpec) {
    return {
      gamma: layer.scale ? this.#tensor(layer, 'gamma') : undefined,
      beta: layer.center ? this.#tensor(layer, 'beta') : undefined,
      mean: this.#tensor(layer, 'moving_mean'),
      variance: this.#tensor(layer, 'moving_variance'),
      epsilon: layer.epsilon,
    };
  }

  #activation(activation: ActivationName, x: Output, name: string): Output {
    switch (activation) {
      case 'linear':
        return x;
      case 'relu':
        return ops.relu(this.#graph, x, name);
      case 'sigmoid':
        return ops.sigmoid(this.#graph, x, name);
    }
  }

  #tensor(layer: LayerSpec, weight: WeightName): Float32Array {
    const values = this.#tensors.get(tensorKey(layer.name, weight));
    if (!values) throw new Error(`No values for ${layer.name}/${weight}`);
    return values;
  }

  #constant(layer: string, weight: WeightName, values: Float32Array, shape: readonly number[]): Output {
    return this.#graph.constant(values, shape, `${layer}/${weight}`);
  }
}
