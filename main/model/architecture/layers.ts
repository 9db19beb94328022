/** Activations that layers here may have, by their Keras names. */
export type ActivationName = 'linear' | 'relu' | 'sigmoid';
export type Padding = 'valid' | 'same';
/** Rows and columns. */
export type Pair = readonly [number, number];

interface Named {
  /** Keras name, unique in the network. */
  name: string;
  trainable: boolean;
  /** Names of the layers whose outputs are the inputs, in order. */
  inbound: readonly string[];
}

export interface InputConfig extends Named {
  className: 'InputLayer';
  /** Without the batch axis: `[height, width, channels]`, or `[features]`. */
  shape: readonly number[];
}

export interface Conv2DConfig extends Named {
  className: 'Conv2D';
  filters: number;
  kernelSize: Pair;
  strides: Pair;
  padding: Padding;
  useBias: boolean;
  activation: ActivationName;
}

export interface BatchNormalizationConfig extends Named {
  className: 'BatchNormalization';
  /** Whether it has a beta (`center`) and a gamma (`scale`). */
  center: boolean;
  scale: boolean;
  epsilon: number;
  momentum: number;
}

export interface ActivationConfig extends Named {
  className: 'Activation';
  activation: ActivationName;
}

export interface PoolingConfig extends Named {
  className: 'MaxPooling2D' | 'AveragePooling2D';
  poolSize: Pair;
  strides: Pair;
  padding: Padding;
}

/** Joins its inputs along the last axis (channels). */
export interface ConcatenateConfig extends Named {
  className: 'Concatenate';
}

export interface FlattenConfig extends Named {
  className: 'Flatten';
}

export interface DenseConfig extends Named {
  className: 'Dense';
  units: number;
  useBias: boolean;
  activation: ActivationName;
}

export interface DropoutConfig extends Named {
  className: 'Dropout';
  /** Fraction of values dropped in training. */
  rate: number;
}

/** What defines a layer, as Keras' `get_config` does. Images are channels last throughout. */
export type LayerConfig =
  | InputConfig
  | Conv2DConfig
  | BatchNormalizationConfig
  | ActivationConfig
  | PoolingConfig
  | ConcatenateConfig
  | FlattenConfig
  | DenseConfig
  | DropoutConfig;

export type LayerClass = LayerConfig['className'];

export type WeightName = 'kernel' | 'bias' | 'gamma' | 'beta' | 'moving_mean' | 'moving_variance';

/** A tensor of a layer: its Keras name within the layer, shape, and whether training may change it. */
export interface WeightSpec {
  name: WeightName;
  shape: readonly number[];
  trainable: boolean;
}

/** A layer in its network: definition, output shape (without the batch axis) and weights in Keras' order. */
export type LayerSpec = LayerConfig & {
  outputShape: readonly number[];
  weights: readonly WeightSpec[];
};

/** A network: layers in Keras' order (`model.layers`), one input, one output. */
export interface Architecture {
  name: string;
  layers: readonly LayerSpec[];
  input: string;
  output: string;
}

/** Number of values in an array of the given shape. */
export const sizeOf = (shape: readonly number[]): number =>
  shape.reduce((product, size) => product * size, 1);

/** Number of values in all weights of the layers. @param trainable counts only trainable or only frozen weights */
export function countParameters(layers: readonly LayerSpec[], trainable?: boolean): number {
  return layers
    .flatMap((layer) => layer.weights)
    .filter((weight) => trainable === undefined || weight.trainable === trainable)
    .reduce((sum, weight) => sum + sizeOf(weight.shape), 0);
}

/** The layer of that name, which must be in the network. */
export function layerNamed(architecture: Architecture, name: string): LayerSpec {
  const layer = architecture.layers.find((candidate) => candidate.name === name);
  if (!layer) throw new Error(`No layer ${name} in ${architecture.name}`);
  return layer;
}
