import { Graph, type Output } from '../graph/graph.ts';
import * as ops from '../graph/layers.ts';
import { assignVariable, readVariable, variable, withDependencies } from '../graph/variables.ts';
import { addCellProducts } from './cell-products.ts';
import type { DenseLayout } from './layout.ts';
import { Parameters, type Variable } from './parameters.ts';
import { updatePlan, Updater, type UpdatePlan } from './updater.ts';

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
 * @param plan how the kernels are updated; the results do not depend on it
 */
export function buildHeadGraph(layers: readonly DenseLayout[], dropped: boolean, plan = updatePlan()): Graph {
  const graph = new Graph();
  const parameters = layers.map((layer) => new Parameters(graph, layer, plan.chains));
  const features = graph.placeholder(FEATURES, [-1, layers[0]!.inputs]);
  addStep(graph, parameters, features, dropped, plan);
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

function forward(graph: Graph, layers: readonly Parameters[], features: Output): Output {
  const sums: Output[] = [];
  const logits = layers.reduce((x, layer, index) => {
    const z = dense(graph, layer, ops.splitColumns(graph, x, layer.layout.blockRows));
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

function addStep(
  graph: Graph,
  layers: readonly Parameters[],
  features: Output,
  dropped: boolean,
  plan: UpdatePlan,
): void {
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
    const parts = ops.splitColumns(graph, x, layer.layout.blockRows);
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
  const updates = backward(graph, traces, ops.multiply(graph, error, share), rate, plan);
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
function backward(
  graph: Graph,
  traces: readonly Trace[],
  gradient: Output,
  rate: Output,
  plan: UpdatePlan,
): Output[] {
  const updater = new Updater(graph, rate, plan);
  const updates: Output[] = [];
  let dz = gradient;
  for (const [index, { layer, parts }] of [...traces.entries()].reverse()) {
    const before = traces[index - 1];
    const dx = before && inputGradient(graph, layer, dz);
    // The weights change only after the gradient that is passed on has used them.
    updates.push(...updater.layer(layer, parts, dz, dx ? [dx] : []));
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
