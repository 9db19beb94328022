import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Head } from '../../main/model/head/head.ts';
import { kernelPieces, type DenseLayout, type HeadWeights } from '../../main/model/head/layout.ts';
import { dropoutMask } from '../../main/model/head/random-values.ts';
import { tf, type Tensor } from '../../main/model/tensorflow.ts';

interface Reference {
  initial: Record<'kernel1' | 'bias1' | 'kernel2' | 'bias2', number[] | number[][]>;
  x: number[][][];
  y: number[][][];
  loss: number[];
  final: Record<'kernel1' | 'bias1' | 'kernel2' | 'bias2', number[] | number[][]>;
}
const reference = JSON.parse(
  readFileSync(new URL('../reference/keras/rmsprop.json', import.meta.url), 'utf8'),
) as Reference;

const NAMES = {
  kernel1: 'dense/kernel',
  bias1: 'dense/bias',
  kernel2: 'dense_1/kernel',
  bias2: 'dense_1/bias',
} as const;

function weights(given: Reference['initial']): HeadWeights {
  return new Map(
    Object.entries(NAMES).map(([theirs, ours]) => {
      const value = given[theirs as keyof typeof NAMES];
      const shape = Array.isArray(value[0]) ? [value.length, value[0].length] : [value.length];
      return [ours, { shape, values: Float32Array.from(value.flat()) }];
    }),
  );
}

const flat = (batch: number[][]): Float32Array => Float32Array.from(batch.flat());

function largestDifference(a: HeadWeights, b: HeadWeights): number {
  expect([...a.keys()]).toEqual([...b.keys()]);
  let largest = 0;
  for (const [name, { values }] of a) {
    const others = b.get(name)!.values;
    expect(values.length).toBe(others.length);
    for (let i = 0; i < values.length; i++) {
      const difference = Math.abs(values[i]! - others[i]!);
      // Written so that NaN does not pass for small.
      if (!(difference <= largest)) largest = difference;
    }
  }
  return largest;
}

describe('head against Keras', () => {
  it('takes the same 20 steps as Keras: losses and final weights within 1e-5', async () => {
    const head = await Head.create({ features: 24, units: [16], dropout: 0, learningRate: 1e-3, seed: 1 });
    head.setWeights(weights(reference.initial));
    const losses = reference.x.map((batch, step) => head.step(flat(batch), flat(reference.y[step]!)).loss);
    losses.forEach((loss, step) =>
      expect(loss, `loss of step ${step}`).toBeCloseTo(reference.loss[step]!, 5),
    );
    expect(largestDifference(head.getWeights(), weights(reference.final))).toBeLessThan(1e-5);
    head.dispose();
  });

  it('takes the same 20 steps as Keras with a kernel that is updated by row', async () => {
    const [n, features, units] = [8, 5000, 40];
    const wide = JSON.parse(
      readFileSync(new URL('../reference/keras/wide.json', import.meta.url), 'utf8'),
    ) as Record<'loss' | 'kernel' | 'bias' | 'outputKernel' | 'outputBias', number[]> & { every: number };
    const wave = (count: number, frequency: number, phase: number, scale: number): Float32Array =>
      Float32Array.from({ length: count }, (_, i) => scale * Math.sin(i * frequency + phase));
    const head = await Head.create({ features, units: [units], dropout: 0, learningRate: 1e-3, seed: 1 });
    // Two pieces of a block, the second one smaller.
    const [{ blockRows, outputs }] = head.layers as [DenseLayout];
    expect(kernelPieces(blockRows[0]!, outputs).map(({ length }) => length)).toEqual([3763, 1237]);
    head.setWeights(
      new Map([
        ['dense/kernel', { shape: [features, units], values: wave(features * units, 0.37, 0, 0.02) }],
        ['dense/bias', { shape: [units], values: new Float32Array(units) }],
        ['dense_1/kernel', { shape: [units, 1], values: wave(units, 0.91, 1, 0.3) }],
        ['dense_1/bias', { shape: [1], values: new Float32Array(1) }],
      ]),
    );
    wide.loss.forEach((expected, step) => {
      const x = wave(n * features, 0.7, step, 1 / 9).map(Math.abs);
      const labels = Float32Array.from({ length: n }, (_, i) => (i + step) % 2);
      expect(head.step(x, labels).loss, `loss of step ${step}`).toBeCloseTo(expected, 5);
    });
    const found = head.getWeights();
    const kernel = found.get('dense/kernel')!.values.filter((_, i) => i % wide.every === 0);
    const reached = [
      kernel,
      ...['dense/bias', 'dense_1/kernel', 'dense_1/bias'].map((name) => found.get(name)!.values),
    ];
    for (const [index, name] of (['kernel', 'bias', 'outputKernel', 'outputBias'] as const).entries()) {
      expect(reached[index], name).toHaveLength(wide[name].length);
      const largest = wide[name].reduce(
        (most, value, i) => Math.max(most, Math.abs(value - reached[index]![i]!)),
        0,
      );
      expect(largest, name).toBeLessThan(1e-5);
    }
    head.dispose();
  });

  it('takes the same 20 steps as tf.layers with dropout, given the same masks', async () => {
    const rate = 0.4;
    const head = await Head.create({ features: 24, units: [16], dropout: rate, learningRate: 1e-3, seed: 1 });
    head.setWeights(weights(reference.initial));
    const model = new MaskedModel(weights(reference.initial), 1e-3);
    for (const [step, batch] of reference.x.entries()) {
      const masks = dropoutMask(5, step, 0, 8 * 16, rate);
      const labels = flat(reference.y[step]!);
      const expected = model.step(flat(batch), labels, [masks]);
      const { loss } = head.stepWithMasks(flat(batch), labels, [masks]);
      expect(loss, `loss of step ${step}`).toBeCloseTo(expected, 5);
    }
    expect(largestDifference(head.getWeights(), model.weights())).toBeLessThan(1e-5);
    head.dispose();
  });

  it('takes the same 20 steps as tf.layers with a kernel that is updated by row', async () => {
    const [n, features, rate, learningRate] = [8, 5000, 0.3, 1e-3];
    const head = await Head.create({ features, units: [40], dropout: rate, learningRate, seed: 2 });
    const model = new MaskedModel(head.getWeights(), learningRate);
    for (let step = 0; step < 20; step++) {
      const x = Float32Array.from({ length: n * features }, (_, i) => Math.abs(Math.sin(i * 0.7 + step)) / 9);
      const labels = Float32Array.from({ length: n }, (_, i) => (i + step) % 2);
      const masks = [dropoutMask(3, step, 0, n * 40, rate)];
      const expected = model.step(x, labels, masks);
      expect(head.stepWithMasks(x, labels, masks).loss, `loss of step ${step}`).toBeCloseTo(expected, 4);
    }
    expect(largestDifference(head.getWeights(), model.weights())).toBeLessThan(1e-5);
    head.dispose();
  });

  it('steps as tf.layers does with several hidden layers whose kernels are split into blocks', async () => {
    const [n, features, units, rate, learningRate] = [6, 900, [1500, 1000], 0.2, 1e-4];
    const head = await Head.create({ features, units, dropout: rate, learningRate, seed: 1 });
    expect(head.layers.map(({ blockRows }) => blockRows.length)).toEqual([2, 2, 1]);
    const model = new MaskedModel(head.getWeights(), learningRate);
    for (let step = 0; step < 4; step++) {
      const x = Float32Array.from({ length: n * features }, (_, i) => Math.abs(Math.sin(i * 1.3 + step)));
      const labels = Float32Array.from({ length: n }, (_, i) => (i + step) % 2);
      const masks = units.map((width, layer) => dropoutMask(7, step, layer, n * width, rate));
      const expected = model.step(x, labels, masks);
      expect(head.stepWithMasks(x, labels, masks).loss, `loss of step ${step}`).toBeCloseTo(expected, 5);
    }
    expect(largestDifference(head.getWeights(), model.weights())).toBeLessThan(1e-6);
    head.dispose();
  });
});

/** Dense layers of tf.layers with masks between them, trained by tf's gradients and RMSprop written out in tensors. */
class MaskedModel {
  readonly #names: string[];
  readonly #layers: ReturnType<typeof tf.layers.dense>[];
  readonly #meanSquares: Record<string, ReturnType<typeof tf.variable>> = {};

  constructor(
    initial: HeadWeights,
    private readonly learningRate: number,
  ) {
    this.#names = [...initial.keys()];
    const kernels = [...initial].filter(([name]) => name.endsWith('kernel'));
    this.#layers = kernels.map(([name, { shape }], index) => {
      const activation = index < kernels.length - 1 ? 'relu' : 'linear';
      const layer = tf.layers.dense({ units: shape[1]!, activation });
      layer.build([null, shape[0]!]);
      const bias = initial.get(name.replace('kernel', 'bias'))!;
      layer.setWeights([initial.get(name)!, bias].map((array) => tf.tensor(array.values, [...array.shape])));
      return layer;
    });
  }

  step(x: Float32Array, labels: Float32Array, masks: readonly Float32Array[]): number {
    const n = labels.length;
    return tf.tidy(() => {
      const { value, grads } = tf.variableGrads(() => {
        const logits = this.#layers.reduce<Tensor>(
          (input, layer, index) => {
            const output = layer.apply(input) as Tensor;
            return index < masks.length ? output.mul(tf.tensor(masks[index]!, output.shape)) : output;
          },
          tf.tensor2d(x, [n, x.length / n]),
        );
        return tf.losses.sigmoidCrossEntropy(tf.tensor2d(labels, [n, 1]), logits);
      });
      for (const variable of this.#layers.flatMap((layer) => layer.trainableWeights)) {
        const weight = variable.read();
        const gradient = grads[(variable as unknown as { val: { name: string } }).val.name]!;
        const meanSquare = (this.#meanSquares[variable.name] ??= tf.variable(tf.zerosLike(weight)));
        meanSquare.assign(meanSquare.mul(0.9).add(gradient.square().mul(0.1)));
        variable.write(weight.sub(gradient.mul(this.learningRate).div(meanSquare.add(1e-7).sqrt())));
      }
      return value.dataSync()[0]!;
    });
  }

  weights(): HeadWeights {
    const tensors = this.#layers.flatMap((layer) => layer.getWeights());
    return new Map(
      tensors.map((tensor, i) => [
        this.#names[i]!,
        { shape: tensor.shape, values: tensor.dataSync() as Float32Array },
      ]),
    );
  }
}
