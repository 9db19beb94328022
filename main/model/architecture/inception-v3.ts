import { TwofoldError } from '../../../shared/errors.ts';
import { MIN_SIZE } from '../../../shared/recipe/table.ts';
import { assemble } from './assemble.ts';
import type { Architecture, LayerConfig, Padding, Pair } from './layers.ts';
import { KerasNames } from './names.ts';

/** Epsilon of every batch normalisation, Keras' default. */
const EPSILON = 1e-3;
const MOMENTUM = 0.99;

export interface InceptionV3Options {
  /** Height and width of the input in pixels, at least 75. Default 150. */
  size?: number;
  /** Keras 2.15 name of the layer whose output is the network's (`mixed7`, `conv2d_12`, `mixed9_0`, …). Default mixed7. */
  cut?: string;
}

/**
 * InceptionV3 without its top, to the given layer, frozen: input `[size, size, 3]` in 0..1, layers named and ordered as
 * in a fresh session of Keras 2.15 (`keras.applications.InceptionV3(include_top=False)`).
 *
 * Definition: Szegedy et al., Rethinking the Inception Architecture for Computer Vision, 2015 (arXiv:1512.00567), in the
 * variant of keras.applications.
 *
 * @throws TwofoldError `size-too-small` below 75 pixels, `unknown-layer` with near names
 */
export function inceptionV3({ size = 150, cut = 'mixed7' }: InceptionV3Options = {}): Architecture {
  if (!Number.isInteger(size) || size < MIN_SIZE) {
    throw new TwofoldError(
      'size-too-small',
      `InceptionV3 needs an input of at least ${MIN_SIZE}×${MIN_SIZE} whole pixels, but the size given is ${size}.`,
    );
  }
  return assemble('model', inceptionLayers(size), cut);
}

function inceptionLayers(size: number): LayerConfig[] {
  const net = new Network();
  let x = net.input(size);
  x = net.convolution(x, 32, [3, 3], { strides: 2, padding: 'valid' });
  x = net.convolution(x, 32, [3, 3], { padding: 'valid' });
  x = net.convolution(x, 64, [3, 3]);
  x = net.maxPool(x);
  x = net.convolution(x, 80, [1, 1], { padding: 'valid' });
  x = net.convolution(x, 192, [3, 3], { padding: 'valid' });
  x = net.maxPool(x);
  x = fiveByFive(net, x, 'mixed0', 32);
  x = fiveByFive(net, x, 'mixed1', 64);
  x = fiveByFive(net, x, 'mixed2', 64);
  x = firstReduction(net, x);
  x = sevenBySeven(net, x, 'mixed4', 128);
  x = sevenBySeven(net, x, 'mixed5', 160);
  x = sevenBySeven(net, x, 'mixed6', 160);
  x = sevenBySeven(net, x, 'mixed7', 192);
  x = secondReduction(net, x);
  x = expanded(net, x, 0);
  expanded(net, x, 1);
  return net.layers;
}

/** mixed0 to mixed2: branches of 1×1, 5×5 and two 3×3. */
function fiveByFive(net: Network, x: string, name: string, poolFilters: number): string {
  const one = net.convolution(x, 64, [1, 1]);
  const five = net.chain(x, [48, [1, 1]], [64, [5, 5]]);
  const double = net.chain(x, [64, [1, 1]], [96, [3, 3]], [96, [3, 3]]);
  const pool = net.convolution(net.averagePool(x), poolFilters, [1, 1]);
  return net.concatenate([one, five, double, pool], name);
}

/** mixed3: halves rows and columns. */
function firstReduction(net: Network, x: string): string {
  const halved = { strides: 2, padding: 'valid' } as const;
  const three = net.convolution(x, 384, [3, 3], halved);
  const double = net.convolution(net.chain(x, [64, [1, 1]], [96, [3, 3]]), 96, [3, 3], halved);
  return net.concatenate([three, double, net.maxPool(x)], 'mixed3');
}

/** mixed4 to mixed7: 7×7 factorised into 1×7 and 7×1. */
function sevenBySeven(net: Network, x: string, name: string, filters: number): string {
  const one = net.convolution(x, 192, [1, 1]);
  const seven = net.chain(x, [filters, [1, 1]], [filters, [1, 7]], [192, [7, 1]]);
  const double = net.chain(
    x,
    [filters, [1, 1]],
    [filters, [7, 1]],
    [filters, [1, 7]],
    [filters, [7, 1]],
    [192, [1, 7]],
  );
  const pool = net.convolution(net.averagePool(x), 192, [1, 1]);
  return net.concatenate([one, seven, double, pool], name);
}

/** mixed8: halves rows and columns. */
function secondReduction(net: Network, x: string): string {
  const halved = { strides: 2, padding: 'valid' } as const;
  const three = net.convolution(net.convolution(x, 192, [1, 1]), 320, [3, 3], halved);
  const seven = net.chain(x, [192, [1, 1]], [192, [1, 7]], [192, [7, 1]]);
  const reduced = net.convolution(seven, 192, [3, 3], halved);
  return net.concatenate([three, reduced, net.maxPool(x)], 'mixed8');
}

/** mixed9 and mixed10: 3×3 split side by side into 1×3 and 3×1. */
function expanded(net: Network, x: string, index: 0 | 1): string {
  const one = net.convolution(x, 320, [1, 1]);
  const three = net.convolution(x, 384, [1, 1]);
  const threeSplit = [net.convolution(three, 384, [1, 3]), net.convolution(three, 384, [3, 1])];
  const threeJoined = net.concatenate(threeSplit, `mixed9_${index}`);
  const double = net.chain(x, [448, [1, 1]], [384, [3, 3]]);
  const doubleSplit = [net.convolution(double, 384, [1, 3]), net.convolution(double, 384, [3, 1])];
  const doubleJoined = net.concatenate(doubleSplit);
  const pool = net.convolution(net.averagePool(x), 192, [1, 1]);
  return net.concatenate([one, threeJoined, doubleJoined, pool], `mixed${9 + index}`);
}

/** Collects layers in the order in which keras.applications creates them, since that decides their numbers. */
class Network {
  readonly layers: LayerConfig[] = [];
  readonly #names = new KerasNames();

  input(size: number): string {
    return this.#add({
      className: 'InputLayer',
      name: 'input_1',
      trainable: false,
      inbound: [],
      shape: [size, size, 3],
    });
  }

  /** Convolution without bias, batch normalisation without gamma, ReLU. */
  convolution(
    x: string,
    filters: number,
    kernelSize: Pair,
    { strides = 1, padding = 'same' }: { strides?: number; padding?: Padding } = {},
  ): string {
    const convolved = this.#add({
      className: 'Conv2D',
      name: this.#names.next('conv2d'),
      trainable: false,
      inbound: [x],
      filters,
      kernelSize,
      strides: [strides, strides],
      padding,
      useBias: false,
      activation: 'linear',
    });
    const normalised = this.#add({
      className: 'BatchNormalization',
      name: this.#names.next('batch_normalization'),
      trainable: false,
      inbound: [convolved],
      center: true,
      scale: false,
      epsilon: EPSILON,
      momentum: MOMENTUM,
    });
    return this.#add({
      className: 'Activation',
      name: this.#names.next('activation'),
      trainable: false,
      inbound: [normalised],
      activation: 'relu',
    });
  }

  /** Convolutions one after the other, each given as filters and kernel size. */
  chain(x: string, ...steps: readonly (readonly [number, Pair])[]): string {
    return steps.reduce((input, [filters, kernelSize]) => this.convolution(input, filters, kernelSize), x);
  }

  maxPool(x: string): string {
    return this.#pool(x, 'MaxPooling2D', 2, 'valid');
  }

  averagePool(x: string): string {
    return this.#pool(x, 'AveragePooling2D', 1, 'same');
  }

  concatenate(inbound: readonly string[], name = this.#names.next('concatenate')): string {
    return this.#add({ className: 'Concatenate', name, trainable: false, inbound });
  }

  #pool(
    x: string,
    className: 'MaxPooling2D' | 'AveragePooling2D',
    strides: number,
    padding: Padding,
  ): string {
    return this.#add({
      className,
      name: this.#names.next(className === 'MaxPooling2D' ? 'max_pooling2d' : 'average_pooling2d'),
      trainable: false,
      inbound: [x],
      poolSize: [3, 3],
      strides: [strides, strides],
      padding,
    });
  }

  #add(layer: LayerConfig): string {
    this.layers.push(layer);
    return layer.name;
  }
}
