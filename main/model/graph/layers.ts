/**
 * Nodes of a convolutional network. Every function adds to the graph and returns the new node's output. Pictures are
 * [batch, height, width, channels] (NHWC), float32.
 */
import type { Attribute, Graph, Output } from './graph.ts';

export type Padding = 'same' | 'valid';
export type Pair = readonly [rows: number, columns: number];

const T: Record<string, Attribute> = { T: { type: 'float32' } };

/** A node with one attribute `T`: float32 in, float32 out. */
function simple(graph: Graph, op: string, inputs: readonly Output[], name?: string): Output {
  return graph.node({ op, inputs, attributes: T, ...(name === undefined ? {} : { name }) });
}

function windows(strides: Pair, padding: Padding, size?: Pair): Record<string, Attribute> {
  return {
    ...T,
    ...(size ? { ksize: { ints: [1, ...size, 1] } } : {}),
    strides: { ints: [1, ...strides, 1] },
    padding: { string: padding.toUpperCase() },
    data_format: { string: 'NHWC' },
  };
}

/** @param filter [rows, columns, input channels, output channels] */
export function conv2d(
  graph: Graph,
  x: Output,
  filter: Output,
  {
    strides = [1, 1],
    padding = 'valid',
    name = 'Conv2D',
  }: { strides?: Pair; padding?: Padding; name?: string },
): Output {
  return graph.node({ op: 'Conv2D', name, inputs: [x, filter], attributes: windows(strides, padding) });
}

export interface Pooling {
  size: Pair;
  /** `size` by default, as in Keras. */
  strides?: Pair;
  padding?: Padding;
  name?: string;
}

export function maxPool(graph: Graph, x: Output, { size, strides = size, padding = 'valid', name }: Pooling) {
  return graph.node({
    op: 'MaxPool',
    ...(name === undefined ? {} : { name }),
    inputs: [x],
    attributes: windows(strides, padding, size),
  });
}

/** With padding `same` the padding is not part of the mean, as in Keras. */
export function averagePool(
  graph: Graph,
  x: Output,
  { size, strides = size, padding = 'valid', name }: Pooling,
): Output {
  return graph.node({
    op: 'AvgPool',
    ...(name === undefined ? {} : { name }),
    inputs: [x],
    attributes: windows(strides, padding, size),
  });
}

/** Adds one value a channel (last axis). After `conv2d` and before `relu` TensorFlow runs the three as one kernel. */
export function biasAdd(graph: Graph, x: Output, bias: Output, name?: string): Output {
  return simple(graph, 'BiasAdd', [x, bias], name);
}

/** Joins along `axis` (the last by default). */
export function concat(graph: Graph, parts: readonly Output[], axis = -1, name = 'ConcatV2'): Output {
  return graph.node({
    op: 'ConcatV2',
    name,
    inputs: [...parts, graph.constant(Int32Array.of(axis), [], `${name}/axis`)],
    attributes: { ...T, N: { int: parts.length }, Tidx: { type: 'int32' } },
  });
}

/**
 * Batch normalisation with its moving statistics (inference mode): (x - mean) / sqrt(variance + epsilon) * gamma + beta.
 * Each operand has one value a channel.
 */
export function batchNorm(
  graph: Graph,
  x: Output,
  norm: { gamma: Output; beta: Output; mean: Output; variance: Output; epsilon: number; name?: string },
): Output {
  return graph.node({
    op: 'FusedBatchNorm',
    ...(norm.name === undefined ? {} : { name: norm.name }),
    inputs: [x, norm.gamma, norm.beta, norm.mean, norm.variance],
    attributes: {
      ...T,
      epsilon: { float: norm.epsilon },
      data_format: { string: 'NHWC' },
      is_training: { bool: false },
    },
  });
}

/** @param shape one dimension may be -1, for the rest */
export function reshape(graph: Graph, x: Output, shape: readonly number[], name = 'Reshape'): Output {
  return graph.node({
    op: 'Reshape',
    name,
    inputs: [x, graph.constant(Int32Array.from(shape), [shape.length], `${name}/shape`)],
    attributes: { ...T, Tshape: { type: 'int32' } },
  });
}

/** a · b, either of them transposed first. */
export function matMul(
  graph: Graph,
  a: Output,
  b: Output,
  {
    transposeA = false,
    transposeB = false,
    name = 'MatMul',
    after = [],
  }: { transposeA?: boolean; transposeB?: boolean; name?: string; after?: readonly Output[] } = {},
): Output {
  return graph.node({
    op: 'MatMul',
    name,
    inputs: [a, b],
    after,
    attributes: { ...T, transpose_a: { bool: transposeA }, transpose_b: { bool: transposeB } },
  });
}

/** Cuts the columns of a matrix into parts. @param widths of the parts, in order: together all of its columns */
export function splitColumns(graph: Graph, x: Output, widths: readonly number[]): Output[] {
  if (widths.length === 1) return [x];
  const split = graph.node({
    op: 'SplitV',
    inputs: [x, graph.constant(Int32Array.from(widths)), graph.constant(Int32Array.of(1), [])],
    attributes: { ...T, Tlen: { type: 'int32' }, num_split: { int: widths.length } },
  });
  return widths.map((_, index) => ({
    name: index === 0 ? split.name : `${split.name}:${index}`,
    type: 'float32',
  }));
}

/** Sum or mean over `axes`, which are dropped. */
export function reduce(
  graph: Graph,
  op: 'Sum' | 'Mean',
  x: Output,
  axes: readonly number[],
  name: string = op,
): Output {
  return graph.node({
    op,
    name,
    inputs: [x, graph.constant(Int32Array.from(axes), [axes.length], `${name}/axes`)],
    attributes: { ...T, Tidx: { type: 'int32' }, keep_dims: { bool: false } },
  });
}

const unary =
  (op: string) =>
  (graph: Graph, x: Output, name?: string): Output =>
    simple(graph, op, [x], name);
const binary =
  (op: string) =>
  (graph: Graph, a: Output, b: Output, name?: string): Output =>
    simple(graph, op, [a, b], name);

export const identity = unary('Identity');
export const relu = unary('Relu');
export const sigmoid = unary('Sigmoid');
export const abs = unary('Abs');
export const negative = unary('Neg');
export const exp = unary('Exp');
export const log1p = unary('Log1p');
/** a + b, broadcast. */
export const add = binary('AddV2');
/** a - b, broadcast. */
export const subtract = binary('Sub');
/** a * b, broadcast. */
export const multiply = binary('Mul');
/** Gradient through relu: `gradient` where `output` > 0, else 0. */
export const reluGradient = (graph: Graph, gradient: Output, output: Output, name?: string): Output =>
  simple(graph, 'ReluGrad', [gradient, output], name);
/** Sum over all but the last axis: the gradient of `biasAdd` for its bias. */
export const biasGradient = unary('BiasAddGrad');

/** Whether every value along `axes` is finite, as bool with those axes kept at length 1. */
export function allFinite(graph: Graph, x: Output, axes: readonly number[]): Output {
  const finite = graph.node({ op: 'IsFinite', type: 'bool', inputs: [x], attributes: T });
  return graph.node({
    op: 'All',
    type: 'bool',
    inputs: [finite, graph.constant(Int32Array.from(axes), [axes.length])],
    attributes: { Tidx: { type: 'int32' }, keep_dims: { bool: true } },
  });
}

/** `x` where `condition` holds, else `other`; all three broadcast against each other. */
export function select(graph: Graph, condition: Output, x: Output, other: Output): Output {
  return graph.node({ op: 'SelectV2', inputs: [condition, x, other], attributes: T });
}
