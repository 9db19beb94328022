import type { Recipe } from '../../../shared/recipe.ts';
import type { Architecture, LayerSpec } from '../../model/architecture/layers.ts';

/** Version of Keras that writes such files; Keras 3 reads them too. */
export const KERAS_VERSION = '2.15.0';

type Config = Record<string, unknown>;

/** `model_config` as Keras 2.15 writes it: the same fields with the same values, layer by layer. */
export function modelConfig({ name, layers, input, output }: Architecture): Config {
  return {
    class_name: 'Functional',
    config: {
      name,
      trainable: true,
      layers: layers.map((layer) => ({
        class_name: layer.className,
        config: layerConfig(layer),
        name: layer.name,
        inbound_nodes: layer.inbound.length > 0 ? [layer.inbound.map((from) => [from, 0, 0, {}])] : [],
      })),
      input_layers: [[input, 0, 0]],
      output_layers: [[output, 0, 0]],
    },
  };
}

function layerConfig(layer: LayerSpec): Config {
  if (layer.className === 'InputLayer') {
    return {
      batch_input_shape: [null, ...layer.shape],
      dtype: 'float32',
      sparse: false,
      ragged: false,
      name: layer.name,
    };
  }
  return { name: layer.name, trainable: layer.trainable, dtype: 'float32', ...ownConfig(layer) };
}

function ownConfig(layer: Exclude<LayerSpec, { className: 'InputLayer' }>): Config {
  switch (layer.className) {
    case 'Conv2D':
      return {
        filters: layer.filters,
        kernel_size: layer.kernelSize,
        strides: layer.strides,
        padding: layer.padding,
        data_format: 'channels_last',
        dilation_rate: [1, 1],
        groups: 1,
        activation: layer.activation,
        use_bias: layer.useBias,
        ...KERNEL_AND_BIAS,
      };
    case 'BatchNormalization':
      return {
        axis: [layer.outputShape.length],
        momentum: layer.momentum,
        epsilon: layer.epsilon,
        center: layer.center,
        scale: layer.scale,
        ...STATISTICS,
      };
    case 'Activation':
      return { activation: layer.activation };
    case 'MaxPooling2D':
    case 'AveragePooling2D':
      return {
        pool_size: layer.poolSize,
        padding: layer.padding,
        strides: layer.strides,
        data_format: 'channels_last',
      };
    case 'Concatenate':
      return { axis: layer.outputShape.length };
    case 'Flatten':
      return { data_format: 'channels_last' };
    case 'Dense':
      return {
        units: layer.units,
        activation: layer.activation,
        use_bias: layer.useBias,
        ...KERNEL_AND_BIAS,
      };
    case 'Dropout':
      return { rate: layer.rate, noise_shape: null, seed: null };
  }
}

const initializer = (className: string, config: Config = {}): Config => ({
  module: 'keras.initializers',
  class_name: className,
  config,
  registered_name: null,
});

const KERNEL_AND_BIAS = {
  kernel_initializer: initializer('GlorotUniform', { seed: null }),
  bias_initializer: initializer('Zeros'),
  kernel_regularizer: null,
  bias_regularizer: null,
  activity_regularizer: null,
  kernel_constraint: null,
  bias_constraint: null,
};

const STATISTICS = {
  beta_initializer: initializer('Zeros'),
  gamma_initializer: initializer('Ones'),
  moving_mean_initializer: initializer('Zeros'),
  moving_variance_initializer: initializer('Ones'),
  beta_regularizer: null,
  gamma_regularizer: null,
  beta_constraint: null,
  gamma_constraint: null,
};

/**
 * Keras' `training_config`, so that training can continue there. It uses the plain names and only the fields that every
 * version of Keras knows, so that both Keras 2 and 3 continue at this learning rate. Keras 2.15 itself writes the optimiser
 * as `Custom>RMSprop`, which Keras 3 silently replaces by one with the default learning rate of 1e-3, and metrics in a form
 * that Keras 3 can't call.
 */
export function trainingConfig({ learningRate }: Pick<Recipe, 'learningRate'>): Config {
  return {
    loss: 'binary_crossentropy',
    metrics: ['accuracy'],
    weighted_metrics: null,
    loss_weights: null,
    optimizer_config: {
      class_name: 'RMSprop',
      config: {
        name: 'RMSprop',
        learning_rate: Math.fround(learningRate),
        rho: 0.9,
        momentum: 0,
        epsilon: 1e-7,
        centered: false,
      },
    },
  };
}
