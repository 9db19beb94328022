import type { ActivationName, Architecture, LayerSpec, WeightName } from './architecture/layers.ts';
import { foldBatchNorm, type Normalization } from './fold.ts';
import { findFusions, type ConvolutionSpec, type Fusion, type NormalizationSpec } from './fusion.ts';
import type { Graph, Output } from './graph/graph.ts';
import * as ops from './graph/layers.ts';
import { tensorKey, type Tensors } from './weights/canonical.ts';

export interface NetworkOptions {
  /** Layers whose outputs are returned; by default the network's output. */
  outputs?: readonly string[];
  /** Whether to combine layers for speed (`findFusions`). Default true. */
  fuse?: boolean;
}

export interface Network {
  /** Placeholder `[batch, …shape of the input layer]`, any batch. */
  input: Output;
  /** By layer name. */
  outputs: Record<string, Output>;
}

/**
 * Adds a network in inference mode to a graph: any network of the layers that `architecture` describes. Its nodes have
 * the names of the layers. Constants are kept by reference until the graph is written.
 */
export function addNetwork(
  graph: Graph,
  architecture: Architecture,
  tensors: Tensors,
  { outputs = [architecture.output], fuse = true }: NetworkOptions = {},
): Network {
  const fusions = fuse ? findFusions(architecture, outputs) : new Map<string, Fusion>();
  const absorbed = new Set(
    [...fusions.values()].flatMap(({ convolution, pooling }) => [convolution.name, pooling?.name]),
  );
  const builder = new NetworkBuilder(graph, tensors);
  const built = new Map<string, Output>();
  for (const layer of architecture.layers) {
    if (absorbed.has(layer.name)) continue;
    const fusion = fusions.get(layer.name);
    const first = fusion?.pooling ?? fusion?.convolution ?? layer;
    const inputs = first.inbound.map((name) => built.get(name)!);
    built.set(
      layer.name,
      fusion ? builder.fused(fusion, layer as NormalizationSpec, inputs[0]!) : builder.layer(layer, inputs),
    );
  }
  return {
    input: built.get(architecture.input)!,
    outputs: Object.fromEntries(
      outputs.map((name) => {
        const output = built.get(name)!;
        // TensorFlow can't return a fed placeholder.
        return [name, name === architecture.input ? ops.identity(graph, output) : output];
      }),
    ),
  };
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
        const bias = layer.useBias ? this.#tensor(layer, 'bias') : undefined;
        const y = this.#convolution(layer, x, this.#tensor(layer, 'kernel'), bias);
        return this.#activation(layer.activation, y, name);
      }
      case 'BatchNormalization':
        return this.#normalization(layer, x);
      case 'Activation':
        return this.#activation(layer.activation, x, name);
      case 'MaxPooling2D':
        return ops.maxPool(graph, x, { ...layer, size: layer.poolSize });
      case 'AveragePooling2D':
        return ops.averagePool(graph, x, { ...layer, size: layer.poolSize });
      case 'Concatenate':
        return ops.concat(graph, inputs, -1, name);
      case 'Flatten':
        return ops.reshape(graph, x, [-1, ...layer.outputShape], name);
      case 'Dense': {
        const y = ops.matMul(graph, x, this.#weight(layer, 'kernel'), { name });
        const z = layer.useBias ? ops.biasAdd(graph, y, this.#weight(layer, 'bias'), `${name}/BiasAdd`) : y;
        return this.#activation(layer.activation, z, name);
      }
      case 'Dropout':
        return ops.identity(graph, x, name);
    }
  }

  /** The convolution with the normalisation folded in, then the pooling that was before it. */
  fused({ convolution, pooling }: Fusion, normalization: NormalizationSpec, x: Output): Output {
    const { kernel, bias } = foldBatchNorm(
      this.#tensor(convolution, 'kernel'),
      convolution.useBias ? this.#tensor(convolution, 'bias') : undefined,
      this.#statistics(normalization),
    );
    const y = this.#convolution(convolution, x, kernel, bias);
    return pooling ? ops.averagePool(this.#graph, y, { ...pooling, size: pooling.poolSize }) : y;
  }

  #convolution(
    layer: ConvolutionSpec,
    x: Output,
    kernel: Float32Array,
    bias: Float32Array | undefined,
  ): Output {
    const { name, strides, padding } = layer;
    const filter = this.#constant(layer, 'kernel', kernel, layer.weights[0]!.shape);
    const y = ops.conv2d(this.#graph, x, filter, { strides, padding, name });
    if (!bias) return y;
    return ops.biasAdd(this.#graph, y, this.#constant(layer, 'bias', bias), `${name}/BiasAdd`);
  }

  #normalization(layer: NormalizationSpec, x: Output): Output {
    const { gamma, beta, mean, variance, epsilon } = this.#statistics(layer);
    return ops.batchNorm(this.#graph, x, {
      gamma: this.#constant(layer, 'gamma', gamma ?? new Float32Array(mean.length).fill(1)),
      beta: this.#constant(layer, 'beta', beta ?? new Float32Array(mean.length)),
      mean: this.#constant(layer, 'moving_mean', mean),
      variance: this.#constant(layer, 'moving_variance', variance),
      epsilon,
      name: layer.name,
    });
  }

  #statistics(layer: NormalizationSpec): Normalization {
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

  #weight(layer: LayerSpec, weight: WeightName): Output {
    const { shape } = layer.weights.find(({ name }) => name === weight)!;
    return this.#constant(layer, weight, this.#tensor(layer, weight), shape);
  }

  #tensor(layer: LayerSpec, weight: WeightName): Float32Array {
    const values = this.#tensors.get(tensorKey(layer.name, weight));
    if (!values) throw new Error(`No values for ${layer.name}/${weight}`);
    return values;
  }

  #constant(
    { name }: LayerSpec,
    weight: WeightName,
    values: Float32Array,
    shape: readonly number[] = [values.length],
  ): Output {
    return this.#graph.constant(values, shape, `${name}/${weight}`);
  }
}
