import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Head, type HeadWeights } from '../../main/model/head/head.ts';
import { dropoutMask } from '../../main/model/head/random-values.ts';
import { tf } from '../../main/model/tensorflow.ts';

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

const NAMES = { kernel1: 'dense/kernel', bias1: 'dense/bias', kernel2: 'dense_1/kernel', bias2: 'dense_1/bias' } as const;

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
  return Math.max(
    ...[...a].flatMap(([name, { values }]) => Array.from(values, (value, i) => Math.abs(value - b.get(name)!.values[i]!))),
  );
}

describe('head against Keras', () => {
  it('takes the 20 steps that Keras took: losses and final weights within 1e-5', async () => {
    const head = await Head.create({ features: 24, units: [16], dropout: 0, learningRate: 1e-3, seed: 1 });
    head.setWeights(weights(reference.initial));
    const losses = reference.x.map((batch, step) => head.step(flat(batch), flat(reference.y[step]!)).loss);
    losses.forEach((loss, step) => expect(loss, `loss of step ${step}`).toBeCloseTo(reference.loss[step]!, 5));
    expect(largestDifference(head.getWeights(), weights(reference.final))).toBeLessThan(1e-5);
    head.dispose();
  });

  it('takes the same 20 steps as tf.layers with dropout, given the same masks', async () => {
    const rate = 0.4;
    const head = await Head.create({ features: 24, units: [16], dropout: rate, learningRate: 1e-3, seed: 1 });
    head.setWeights(weights(reference.initial));
    const model = new MaskedModel(weights(reference.initial));
    for (const [step, batch] of reference.x.entries()) {
      const masks = dropoutMask(5, step, 0, 8 * 16, rate);
      const labels = flat(reference.y[step]!);
      const expected = model.step(flat(batch), labels, masks);
      const { loss } = head.stepWithMasks(flat(batch), labels, [masks]);
      expect(loss, `loss of step ${step}`).toBeCloseTo(expected, 5);
    }
    expect(largestDifference(head.getWeights(), model.weights())).toBeLessThan(1e-5);
    head.dispose();
  });
});

/** Dense layers of tf.layers with a mask between them, trained by tf's gradients and RMSprop written out in tensors. */
class MaskedModel {
  readonly #hidden = tf.layers.dense({ units: 16, activation: 'relu', inputShape: [24] });
  readonly #last = tf.layers.dense({ units: 1 });
  readonly #meanSquares: Record<string, ReturnType<typeof tf.variable>> = {};

  constructor(initial: HeadWeights) {
    this.#hidden.build([null, 24]);
    this.#last.build([null, 16]);
    const tensor = (name: string) => tf.tensor(initial.get(name)!.values, [...initial.get(name)!.shape]);
    this.#hidden.setWeights([tensor('dense/kernel'), tensor('dense/bias')]);
    this.#last.setWeights([tensor('dense_1/kernel'), tensor('dense_1/bias')]);
  }

  step(x: Float32Array, labels: Float32Array, mask: Float32Array): number {
    const n = labels.length;
    const { value, grads } = tf.variableGrads(() => {
      const hidden = this.#hidden.apply(tf.tensor2d(x, [n, 24])) as ReturnType<typeof tf.tensor2d>;
      const logits = this.#last.apply(hidden.mul(tf.tensor2d(mask, [n, 16])));
      return tf.losses.sigmoidCrossEntropy(tf.tensor2d(labels, [n, 1]), logits as ReturnType<typeof tf.tensor2d>);
    });
    for (const variable of [...this.#hidden.trainableWeights, ...this.#last.trainableWeights]) {
      const weight = variable.read();
      const gradient = grads[(variable as unknown as { val: { name: string } }).val.name]!;
      const meanSquare = (this.#meanSquares[variable.name] ??= tf.variable(tf.zerosLike(weight)));
      meanSquare.assign(meanSquare.mul(0.9).add(gradient.square().mul(0.1)));
      variable.write(weight.sub(gradient.mul(1e-3).div(meanSquare.add(1e-7).sqrt())));
    }
    return value.dataSync()[0]!;
  }

  weights(): HeadWeights {
    const names = ['dense/kernel', 'dense/bias', 'dense_1/kernel', 'dense_1/bias'];
    const tensors = [...this.#hidden.getWeights(), ...this.#last.getWeights()];
    return new Map(
      tensors.map((tensor, i) => [names[i]!, { shape: tensor.shape, values: tensor.dataSync() as Float32Array }]),
    );
  }
}
