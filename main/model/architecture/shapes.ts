import { TwofoldError } from '../../../shared/errors.ts';
import {
  sizeOf,
  type LayerConfig,
  type LayerSpec,
  type Padding,
  type Pair,
  type WeightSpec,
} from './layers.ts';

type Shape = readonly number[];

/**
 * Completes a layer's definition with its output shape and weights.
 *
 * @param inputs output shapes of the inbound layers, without the batch axis
 * @throws TwofoldError `bad-input` when the inputs don't fit the layer
 */
export function specify(layer: LayerConfig, inputs: readonly Shape[]): LayerSpec {
  return { ...layer, outputShape: outputShape(layer, inputs), weights: weights(layer, inputs) };
}

function outputShape(layer: LayerConfig, inputs: readonly Shape[]): Shape {
  switch (layer.className) {
    case 'InputLayer':
      return layer.shape;
    case 'Conv2D':
      return [...slide(layer.name, image(layer, inputs), layer.kernelSize, layer), layer.filters];
    case 'MaxPooling2D':
    case 'AveragePooling2D': {
      const input = image(layer, inputs);
      return [...slide(layer.name, input, layer.poolSize, layer), input[2]!];
    }
    case 'BatchNormalization':
    case 'Activation':
    case 'Dropout':
      return only(layer, inputs);
    case 'Concatenate':
      return concatenated(layer.name, inputs);
    case 'Flatten':
      return [sizeOf(only(layer, inputs))];
    case 'Dense':
      return [...only(layer, inputs).slice(0, -1), layer.units];
  }
}

function weights(layer: LayerConfig, inputs: readonly Shape[]): WeightSpec[] {
  const { trainable } = layer;
  switch (layer.className) {
    case 'Conv2D': {
      const shape = [...layer.kernelSize, image(layer, inputs)[2]!, layer.filters];
      const kernel: WeightSpec = { name: 'kernel', shape, trainable };
      return layer.useBias ? [kernel, { name: 'bias', shape: [layer.filters], trainable }] : [kernel];
    }
    case 'Dense': {
      const kernel: WeightSpec = {
        name: 'kernel',
        shape: [only(layer, inputs).at(-1)!, layer.units],
        trainable,
      };
      return layer.useBias ? [kernel, { name: 'bias', shape: [layer.units], trainable }] : [kernel];
    }
    case 'BatchNormalization': {
      const shape = [only(layer, inputs).at(-1)!];
      const specs: WeightSpec[] = [];
      if (layer.scale) specs.push({ name: 'gamma', shape, trainable });
      if (layer.center) specs.push({ name: 'beta', shape, trainable });
      specs.push({ name: 'moving_mean', shape, trainable: false });
      specs.push({ name: 'moving_variance', shape, trainable: false });
      return specs;
    }
    case 'InputLayer':
    case 'MaxPooling2D':
    case 'AveragePooling2D':
    case 'Activation':
    case 'Dropout':
    case 'Concatenate':
    case 'Flatten':
      return [];
  }
}

/** Rows and columns that a sliding window leaves, as TensorFlow computes them for its two paddings. */
function slide(
  name: string,
  input: Shape,
  window: Pair,
  { strides, padding }: { strides: Pair; padding: Padding },
): [number, number] {
  const along = (axis: 0 | 1): number => {
    const size = input[axis]!;
    if (padding === 'same') return Math.ceil(size / strides[axis]);
    const positions = Math.ceil((size - window[axis] + 1) / strides[axis]);
    if (positions >= 1) return positions;
    throw new TwofoldError(
      'size-too-small',
      `Layer ${name} needs an input of at least ${window.join('×')}, but receives ${input.slice(0, 2).join('×')}. ` +
        'Choose a larger input size.',
    );
  };
  return [along(0), along(1)];
}

function only(layer: LayerConfig, inputs: readonly Shape[]): Shape {
  if (inputs.length !== 1) throw misfit(layer.name, 'one input', `${inputs.length}`);
  return inputs[0]!;
}

function image(layer: LayerConfig, inputs: readonly Shape[]): Shape {
  const input = only(layer, inputs);
  if (input.length !== 3)
    throw misfit(layer.name, 'an input [height, width, channels]', `[${input.join(', ')}]`);
  return input;
}

function concatenated(name: string, inputs: readonly Shape[]): Shape {
  const [first, ...others] = inputs;
  if (!first) throw misfit(name, 'at least one input', 'none');
  const outer = first.slice(0, -1);
  for (const shape of others) {
    if (shape.length !== first.length || outer.some((size, axis) => shape[axis] !== size)) {
      throw misfit(name, `inputs of size [${outer.join(', ')}, …]`, `[${shape.join(', ')}]`);
    }
  }
  return [...outer, inputs.reduce((sum, shape) => sum + shape.at(-1)!, 0)];
}

const misfit = (name: string, expected: string, received: string): TwofoldError =>
  new TwofoldError('bad-input', `Layer ${name} expects ${expected}, but receives ${received}.`);
