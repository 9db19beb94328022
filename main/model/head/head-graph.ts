import { Graph, type Output } from '../graph/graph.ts';
import * as ops from '../graph/layers.ts';
import {
  applyRmsProp,
  assignVariable,
  readVariable,
  variable,
  withDependencies,
} from '../graph/variables.ts';
import { addCellProducts } from './cell-products.ts';
import { biasOf, kernelBlocks, meanSquareOf, type DenseLayout, type VariableLayout } from './layout.ts';

/** RMSprop as in Keras: ms = 0.9 ms + 0.1 g²; w -= rate · g / √(ms + 1e-7); no momentum. */
const RHO = 0.9;
const EPSILON = 1e-7;

/** Names of the signatures' inputs and outputs. */
export const FEATURES = 'features';
export const LABELS = 'labels';
export const RATE = 'rate';
/** 1 / number of pictures: the loss is a mean. */
export const SHARE = 'share';
/** How much each picture counts in the loss; 1 without class weights. */
export const WEIGHTS = 'weights';
export const mask = (layer: number): string => `mask_${layer}`;
export const assignSignature = (name: string): string => `assign/${name}`;
export const readSignature = (name: string): string => `read/${name}`;
/** Name of the variable in which `keep` keeps another. */
export const keptName = (name: string): string => `kept/${name}`;

/**
 * The head as one graph with all it needs to train: variables, forward pass, loss, the gradients written out, and
 * TensorFlow's fused RMSprop.
 *
 * Signatures: `step` (features [n, inputs], labels [n, 1], weights [n, 1], rate, share, mask_i [n, units] → loss, logits [n, 1] with
 * dropout), `logits` (features → logits without dropout), `reset` (clears the optimiser), `keep` (remembers the weights as
 * they are, in `kept/V`), `cell-products` (see there), `read/V` of every variable V and `kept/V`, `assign/V`.
 *
 * @param dropped whether hidden units are multiplied with masks in `step`
 */
export function buildHeadGraph(layers: readonly DenseLayout[], dropped: boolean): Graph {
  const graph = new Graph();
  const parameters = layers.map((layer) => new Parameters(graph, layer));
  const features = graph.placeholder(FEATURES, [-1, layers[0]!.inputs]);
  addStep(graph, parameters, features, dropped);
  graph.signature('logits', { [FEATURES]: features }, { logits: forward(graph, parameters, features) });
  addCellProducts(graph, layers[0]!, parameters[0]!.blocks);
  const zeroed = parameters.flatMap((layer) => layer.zeroOptimizer());
  graph.signature('reset', {}, { done: withDependencies(graph, graph.constant(0), zeroed, 'reset') });
  addKeeping(
    graph,
    parameters.flatMap(({ blocks, bias }) => [...blocks, bias]),
  );
  for (const [name, handle, shape] of parameters.flatMap((layer) => layer.stored)) {
    const value = graph.placeholder(`${name}/value`, shape);
    const assigned = assignVariable(graph, handle, value);
    graph.signature(assignSignature(name), { value }, { done: done(graph, [assigned], `${name}/assigned`) });
    graph.signature(readSignature(name), {}, { value: readVariable(graph, handle) });
  }
  return graph;
}

const done = (graph: Graph, after: readonly Output[], name: string): Output =>
  withDependencies(graph, graph.constant(0), after, name);

/**
 * Keeping shares the memory of the weights: the copy is made by the next update, which finds them in use. That costs a
 * fraction of reading 150 MB into the program.
 */
function addKeeping(graph: Graph, variables: readonly Variable[]): void {
  const kept = variables.map(({ layout }) => variable(graph, keptName(layout.name), layout.shape));
  const copies = variables.map(({ weights }, index) =>
    assignVariable(graph, kept[index]!, readVariable(graph, weights)),
  );
  graph.signature('keep', {}, { done: done(graph, copies, 'kept') });
  for (const [index, { layout }] of variables.entries()) {
    graph.signature(readSignature(keptName(layout.name)), {}, { value: readVariable(graph, kept[index]!) });
  }
}

/** The variables of one Dense layer. */
class Parameters {
  readonly blocks: Variable[];
  readonly bias: Variable;

  constructor(
    private readonly graph: Graph,
    readonly layout: DenseLayout,
  ) {
    // Without momentum the third slot carries nothing from step to step (it is multiplied with 0). Blocks are updated one
    // after the other, so those of the same shape share one: 150 MB less to hold and to move.
    const slots = new Map<string, Output>();
    const slotFor = ({ shape }: VariableLayout): Output => {
      const key = shape.join('x');
      const slot = slots.get(key) ?? variable(graph, `slot/${layout.name}/${key}`, shape);
      slots.set(key, slot);
      return slot;
    };
    this.blocks = kernelBlocks(layout).map((block) => new Variable(graph, block, slotFor(block)));
    this.bias = new Variable(graph, biasOf(layout), slotFor(biasOf(layout)));
  }

  get stored(): [name: string, handle: Output, shape: readonly number[]][] {
    return [...this.blocks, this.bias].flatMap(({ layout, weights, meanSquare }) => [
      [layout.name, weights, layout.shape],
      [meanSquareOf(layout).name, meanSquare, layout.shape],
    ]);
  }

  zeroOptimizer(): Output[] {
    return [...this.blocks, this.bias].flatMap(({ layout, meanSquare, slot }) =>
      [meanSquare, slot].map((handle) => assignVariable(this.graph, handle, zeros(this.graph, layout.shape))),
    );
  }
}

class Variable {
  readonly weights: Output;
  readonly meanSquare: Output;

  constructor(
    graph: Graph,
    readonly layout: VariableLayout,
    readonly slot: Output,
  ) {
    this.weights = variable(graph, layout.name, layout.shape);
    this.meanSquare = variable(graph, meanSquareOf(layout).name, layout.shape);
  }
}

function zeros(graph: Graph, shape: readonly number[]): Output {
  const dimensions = graph.constant(Int32Array.from(shape), [shape.length]);
  const attributes = { T: { type: 'float32' }, index_type: { type: 'int32' } } as const;
  return graph.node({ op: 'Fill', inputs: [dimensions, graph.constant(0)], attributes });
}

/** x · kernel + bias, the kernel being in blocks of rows. `parts` are the columns of x that belong to each block. */
function dense(graph: Graph, { blocks, bias }: Parameters, parts: readonly Output[]): Output {
  const products = parts.map((part, index) =>
    ops.matMul(graph, part, readVariable(graph, blocks[index]!.weights)),
  );
  const sum =
    products.length === 1
      ? products[0]!
      : graph.node({
          op: 'AddN',
          inputs: products,
          attributes: { T: { type: 'float32' }, N: { int: products.length } },
        });
  return ops.biasAdd(graph, sum, readVariable(graph, bias.weights));
}

/** The columns of x for each block. */
function splitColumns(graph: Graph, x: Output, blockRows: readonly number[]): Output[] {
  if (blockRows.length === 1) return [x];
  const split = graph.node({
    op: 'SplitV',
    inputs: [x, graph.constant(Int32Array.from(blockRows)), graph.constant(Int32Array.of(1), [])],
    attributes: { T: { type: 'float32' }, Tlen: { type: 'int32' }, num_split: { int: blockRows.length } },
  });
  return blockRows.map((_, index) => ({
    name: index === 0 ? split.name : `${split.name}:${index}`,
    type: 'float32',
  }));
}

function forward(graph: Graph, layers: readonly Parameters[], features: Output): Output {
  const sums: Output[] = [];
  const logits = layers.reduce((x, layer, index) => {
    const z = dense(graph, layer, splitColumns(graph, x, layer.layout.blockRows));
    if (index === layers.length - 1) return z;
    sums.push(z);
    return ops.relu(graph, z);
  }, features);
  return nanUnlessFinite(graph, logits, sums, [1]);
}

/**
 * `value`, or NaN where a hidden layer's weighted sums are not all finite over `axes`. TensorFlow 2 computes ReLU(NaN) as
 * 0, which would turn weights or features that are not numbers into a harmless-looking loss and probability.
 *
 * @param sums before ReLU, [n, units] each
 */
function nanUnlessFinite(
  graph: Graph,
  value: Output,
  sums: readonly Output[],
  axes: readonly number[],
): Output {
  const nan = graph.constant(NaN);
  return sums.reduce((guarded, z) => ops.select(graph, ops.allFinite(graph, z, axes), guarded, nan), value);
}

/** What the backward pass of a layer needs of its forward pass. */
interface Trace {
  layer: Parameters;
  /** Its input by block. */
  parts: Output[];
  /** Its output after ReLU, before dropout; the last layer has none. */
  activation: Output | null;
  mask: Output | null;
}

function addStep(graph: Graph, layers: readonly Parameters[], features: Output, dropped: boolean): void {
  const labels = graph.placeholder(LABELS, [-1, 1]);
  const weights = graph.placeholder(WEIGHTS, [-1, 1]);
  const rate = graph.placeholder(RATE, []);
  const share = graph.placeholder(SHARE, []);
  const masks = dropped
    ? layers.slice(0, -1).map(({ layout }, index) => graph.placeholder(mask(index), [-1, layout.outputs]))
    : [];

  const traces: Trace[] = [];
  const sums: Output[] = [];
  let x = features;
  for (const [index, layer] of layers.entries()) {
    const parts = splitColumns(graph, x, layer.layout.blockRows);
    const z = dense(graph, layer, parts);
    const hidden = index < layers.length - 1;
    if (hidden) sums.push(z);
    const activation = hidden ? ops.relu(graph, z) : null;
    const drop = (hidden ? masks[index] : null) ?? null;
    traces.push({ layer, parts, activation, mask: drop });
    x = activation ?? z;
    if (activation && drop) x = ops.multiply(graph, activation, drop);
  }
  const logits = x;
  // Weighted as Keras weights with class_weight: the sum is divided by the number of pictures, not by their weights.
  const losses = ops.multiply(graph, crossEntropy(graph, logits, labels), weights);
  const mean = ops.reduce(graph, 'Mean', losses, [0, 1], 'loss/mean');
  const loss = ops.reshape(graph, nanUnlessFinite(graph, mean, sums, [0, 1]), []);
  // d loss / d logits = weights · (sigmoid(logits) - labels) / n
  const error = ops.multiply(graph, ops.subtract(graph, ops.sigmoid(graph, logits), labels), weights);
  const updates = backward(graph, traces, ops.multiply(graph, error, share), rate);
  graph.signature(
    'step',
    {
      [FEATURES]: features,
      [LABELS]: labels,
      [WEIGHTS]: weights,
      [RATE]: rate,
      [SHARE]: share,
      ...Object.fromEntries(masks.map((input, index) => [mask(index), input])),
    },
    { loss: withDependencies(graph, loss, updates, 'loss'), logits: ops.identity(graph, logits) },
  );
}

/** max(z, 0) - z·y + log(1 + e^-|z|): cross-entropy from logits that never overflows, as TensorFlow and Keras compute it. */
function crossEntropy(graph: Graph, z: Output, y: Output): Output {
  const linear = ops.subtract(graph, ops.relu(graph, z), ops.multiply(graph, z, y));
  return ops.add(graph, linear, ops.log1p(graph, ops.exp(graph, ops.negative(graph, ops.abs(graph, z)))));
}

/** Gradients and updates from the last layer to the first. @param gradient of the loss by the logits, [n, 1] */
function backward(graph: Graph, traces: readonly Trace[], gradient: Output, rate: Output): Output[] {
  const constants = {
    learningRate: rate,
    rho: graph.constant(RHO),
    momentum: graph.constant(0),
    epsilon: graph.constant(EPSILON),
  };
  const updates: Output[] = [];
  let dz = gradient;
  for (const [index, { layer, parts }] of [...traces.entries()].reverse()) {
    const before = traces[index - 1];
    const dx = before && inputGradient(graph, layer, dz);
    const update = (
      { weights, meanSquare, slot }: Variable,
      value: Output,
      after: readonly Output[],
    ): Output =>
      applyRmsProp(graph, { weights, meanSquare, momentumSlot: slot, gradient: value, ...constants, after });
    // The weights change only after the gradient that is passed on has used them.
    const used = dx ? [dx] : [];
    updates.push(update(layer.bias, ops.biasGradient(graph, dz), used));
    let last: Output[] = used;
    for (const [block, variable] of layer.blocks.entries()) {
      const kernelGradient = ops.matMul(graph, parts[block]!, dz, { transposeA: true, after: last });
      last = [update(variable, kernelGradient, last)];
      updates.push(...last);
    }
    if (before && dx) {
      const masked = before.mask ? ops.multiply(graph, dx, before.mask) : dx;
      dz = ops.reluGradient(graph, masked, before.activation!);
    }
  }
  return updates;
}

/** d loss / d x = dz · kernelᵀ, block by block. */
function inputGradient(graph: Graph, { blocks }: Parameters, dz: Output): Output {
  const parts = blocks.map(({ weights }) =>
    ops.matMul(graph, dz, readVariable(graph, weights), { transposeB: true }),
  );
  return parts.length === 1 ? parts[0]! : ops.concat(graph, parts, 1);
}
