import { TwofoldError } from '../../../shared/errors.ts';
import { sigmoid } from '../../../shared/metrics.ts';
import { openGraph, type RunningGraph } from '../graph/run.ts';
import { SafetensorsFile, writeSafetensors, type TensorSource } from '../../files/safetensors.ts';
import { tf, type Tensor } from '../tensorflow.ts';
import { attribution, type Attribution } from './attribution.ts';
import { CELL_PRODUCTS, cellProducts } from './cell-products.ts';
import {
  assignSignature,
  buildHeadGraph,
  FEATURES,
  keptName,
  LABELS,
  mask,
  RATE,
  readSignature,
  SHARE,
  WEIGHTS,
} from './head-graph.ts';
import {
  headArrays,
  headLayout,
  optimizerArrays,
  type DenseLayout,
  type HeadArray,
  type HeadOptions,
  type HeadWeights,
  type VariableLayout,
} from './layout.ts';
import { scaled } from './last-layer.ts';
import { dropoutMask, glorotUniform } from './random-values.ts';
import { loadArray, sourceOf } from './storage.ts';
import type { UpdatePlan } from './updater.ts';

export interface CreateOptions extends HeadOptions {
  learningRate: number;
  /** Of initial weights and dropout. */
  seed: number;
  /** How much a picture of class 0 and of class 1 counts in the loss of `step`; default: 1 each. */
  lossWeights?: readonly [number, number];
}

const FORMAT = 'twofold-head';

/**
 * The trainable head: Dense layers with ReLU and inverted dropout, then one unit with a sigmoid; binary cross-entropy and
 * RMSprop as in Keras. It runs as one TensorFlow graph (see `buildHeadGraph`). Features come as a tensor or an array,
 * `[n, features]` float32 with any n.
 */
export class Head {
  readonly layers: readonly DenseLayout[];
  learningRate: number;
  #iterations = 0;

  private constructor(
    private readonly graph: RunningGraph,
    private readonly options: CreateOptions,
  ) {
    this.layers = headLayout(options);
    this.learningRate = options.learningRate;
  }

  /** A head with Glorot-uniform kernels, zero biases and a fresh optimiser. @param plan see `buildHeadGraph` */
  static async create(options: CreateOptions, plan?: UpdatePlan): Promise<Head> {
    const graph = await openGraph(buildHeadGraph(headLayout(options), options.dropout > 0, plan));
    const head = new Head(graph, options);
    head.#initialise();
    return head;
  }

  /** Optimiser steps so far. */
  get iterations(): number {
    return this.#iterations;
  }

  /**
   * One step of training.
   *
   * @param labels `[n]` float32, 0 or 1
   * @returns mean of the weighted losses and how many of the n were right at 0.5, both with dropout on and before the
   *   update, as in Keras
   */
  step(features: Tensor | Float32Array, labels: Float32Array): { loss: number; correct: number } {
    const { seed, dropout } = this.options;
    const hidden = this.layers.slice(0, -1);
    const masks =
      dropout > 0
        ? hidden.map(({ outputs }, layer) =>
            dropoutMask(seed, this.#iterations, layer, labels.length * outputs, dropout),
          )
        : [];
    return this.stepWithMasks(features, labels, masks);
  }

  /** `step` with given masks, one a hidden layer: `[n, units]`, values 0 or 1 / (1 - dropout). */
  stepWithMasks(
    features: Tensor | Float32Array,
    labels: Float32Array,
    masks: readonly Float32Array[],
  ): { loss: number; correct: number } {
    const n = labels.length;
    const { lossWeights = [1, 1] } = this.options;
    const { loss, logits } = tf.tidy(() => {
      const results = this.graph.run('step', {
        [FEATURES]: this.#tensor(features, n),
        [LABELS]: tf.tensor2d(labels, [n, 1]),
        [WEIGHTS]: tf.tensor2d(
          labels.map((label) => lossWeights[label as 0 | 1]),
          [n, 1],
        ),
        [RATE]: tf.scalar(this.learningRate),
        [SHARE]: tf.scalar(1 / n),
        ...Object.fromEntries(
          masks.map((values, index) => [mask(index), tf.tensor2d(values, [n, this.layers[index]!.outputs])]),
        ),
      });
      return { loss: results.loss!.dataSync()[0]!, logits: results.logits!.dataSync() };
    });
    this.#iterations++;
    const correct = labels.reduce(
      (sum, label, index) => sum + ((logits[index]! > 0 ? 1 : 0) === label ? 1 : 0),
      0,
    );
    return { loss, correct };
  }

  /** What the head says of features, dropout off: `[n]`, positive for class 1. */
  logits(features: Tensor | Float32Array, n: number): Float32Array {
    return tf.tidy(() => {
      const { logits } = this.graph.run('logits', { [FEATURES]: this.#tensor(features, n) });
      return logits!.dataSync<'float32'>();
    });
  }

  /** Probability of class 1, `[n]`, 0..1. */
  predict(features: Tensor | Float32Array, n: number): Float32Array {
    return this.logits(features, n).map(sigmoid);
  }

  /**
   * What the logits consist of (see `attribution`), dropout off.
   *
   * @param cells in which the features lie, 7 × 7 = 49 in the tutorial, row by row
   */
  attribute(features: Tensor | Float32Array, n: number, cells: number): Attribution {
    return tf.tidy(() => {
      const values = features instanceof Float32Array ? features : features.dataSync<'float32'>();
      const products = cellProducts(this.layers[0]!, values, n, cells, (feeds) =>
        this.graph.run(CELL_PRODUCTS, feeds),
      );
      const read = (name: string): Tensor => this.graph.run(readSignature(name)).value!;
      return { ...attribution(this.layers, read, products, n, cells) };
    });
  }

  /** A copy of all weights (150 MB in the tutorial's head). */
  getWeights(): HeadWeights {
    return new Map(
      headArrays(this.layers).map(({ name, shape, variables }) => {
        const values = new Float32Array(shape.reduce((product, n) => product * n, 1));
        let offset = 0;
        for (const variable of variables) {
          const block = this.#read(variable.name);
          values.set(block, offset);
          offset += block.length;
        }
        return [name, { shape, values }];
      }),
    );
  }

  /** @throws TwofoldError `bad-input` when names or shapes are not this head's */
  setWeights(weights: HeadWeights): void {
    for (const array of headArrays(this.layers)) {
      const given = weights.get(array.name);
      const expected = array.shape.reduce((product, n) => product * n, 1);
      if (given?.shape.join() !== array.shape.join() || given.values.length !== expected) {
        throw new TwofoldError(
          'bad-input',
          `Expected "${array.name}" of shape [${array.shape.join(', ')}], received ${given ? `[${given.shape.join(', ')}] with ${given.values.length} values` : 'nothing'}.`,
        );
      }
      let offset = 0;
      for (const variable of array.variables) {
        const size = variable.shape.reduce((product, n) => product * n, 1);
        this.#assign(variable, given.values.subarray(offset, offset + size));
        offset += size;
      }
    }
  }

  /** Remembers the weights as they are, in place of what was kept before. */
  keep(): void {
    this.graph.run('keep').done!.dispose();
  }

  /** Writes the weights, or those that were kept, to a file, atomically. */
  async writeWeights(path: string, which: 'current' | 'kept' = 'current'): Promise<void> {
    const stored = which === 'kept' ? keptName : (name: string): string => name;
    const sources = headArrays(this.layers).map((array) =>
      sourceOf(array, ({ name }) => this.#read(stored(name))),
    );
    await writeSafetensors(path, sources, { format: FORMAT });
  }

  /** Turns every logit into its negative, so that the probability is that of the other class: exactly, since floats are symmetric. */
  negate(): void {
    this.scale(-1);
  }

  /** Multiplies every logit, by the last layer's weights. */
  scale(factor: number): void {
    if (factor === 1) return;
    for (const { variables } of headArrays(this.layers.slice(-1))) {
      for (const variable of variables) this.#assign(variable, scaled(this.#read(variable.name), factor));
    }
  }

  /** @throws TwofoldError `not-found`, `corrupt` (also when the file holds another head) */
  async readWeights(path: string): Promise<void> {
    const file = await SafetensorsFile.open(path);
    try {
      for (const array of headArrays(this.layers)) await loadArray(file, array, this.#assign.bind(this));
    } finally {
      await file.close();
    }
  }

  /** All that is needed to train on as if nothing had happened, to be written while the head is not stepped. */
  checkpoint(): { tensors: TensorSource[]; metadata: Record<string, string> } {
    return {
      tensors: this.#checkpointArrays().map((array) => sourceOf(array, ({ name }) => this.#read(name))),
      metadata: { format: FORMAT, iterations: String(this.#iterations) },
    };
  }

  /** Goes back to a checkpoint. @throws TwofoldError `corrupt` when it is not one of such a head */
  async restore(file: SafetensorsFile): Promise<void> {
    const iterations = Number(file.metadata.iterations);
    if (!Number.isInteger(iterations) || iterations < 0) {
      throw new TwofoldError(
        'corrupt',
        `${file.path} is damaged: it does not say how many steps were trained.`,
      );
    }
    // Clears the slot too, which no file holds: after a step that diverged it is NaN, and 0 · NaN would spoil the next.
    this.#resetOptimizer();
    for (const array of this.#checkpointArrays()) await loadArray(file, array, this.#assign.bind(this));
    this.#iterations = iterations;
  }

  /** Frees the graph and its variables. May be called twice. */
  dispose(): void {
    this.graph.dispose();
  }

  #checkpointArrays(): HeadArray[] {
    return [...headArrays(this.layers), ...optimizerArrays(this.layers)];
  }

  #resetOptimizer(): void {
    this.graph.run('reset').done!.dispose();
  }

  #initialise(): void {
    this.#resetOptimizer();
    for (const [index, layer] of this.layers.entries()) {
      const next = glorotUniform(this.options.seed, index, layer.inputs, layer.outputs);
      const [kernel, bias] = headArrays([layer]);
      for (const block of kernel!.variables) this.#assign(block, next(block.shape[0]! * layer.outputs));
      this.#assign(bias!.variables[0]!, new Float32Array(layer.outputs));
    }
  }

  #tensor(features: Tensor | Float32Array, n: number): Tensor {
    const { features: width } = this.options;
    if (features instanceof Float32Array) return tf.tensor2d(features, [n, width]);
    if (features.size !== n * width) {
      throw new TwofoldError(
        'internal',
        `Expected ${n} × ${width} features, received [${features.shape.join(', ')}].`,
      );
    }
    return features;
  }

  #read(name: string): Float32Array {
    const { value } = this.graph.run(readSignature(name));
    const values = value!.dataSync() as Float32Array;
    value!.dispose();
    return values;
  }

  #assign({ name, shape }: VariableLayout, values: Float32Array): void {
    const value = tf.tensor(values, [...shape]);
    this.graph.run(assignSignature(name), { value }).done!.dispose();
    value.dispose();
  }
}
