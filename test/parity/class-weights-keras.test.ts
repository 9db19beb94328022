import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Head } from '../../main/model/head/head.ts';
import type { HeadWeights } from '../../main/model/head/layout.ts';
import { JobControl } from '../../main/training/control.ts';
import { fit, FRESH_FIT } from '../../main/training/fit.ts';
import { batches } from '../../main/training/order.ts';
import { evaluate, sigmoid } from '../../shared/metrics.ts';
import { weightsOfClasses } from '../../shared/recipe/class-weights.ts';

type Weights = Record<'kernel1' | 'bias1' | 'kernel2' | 'bias2', number[] | number[][]>;
interface Run {
  classWeight: [number, number] | null;
  loss: number[];
  accuracy: number[];
  valLoss: number[];
  final: Weights;
}
interface Reference {
  batch: number;
  rate: number;
  x: number[][];
  y: (0 | 1)[];
  validation: { x: number[][]; y: (0 | 1)[] };
  balanced: [number, number];
  initial: Weights;
  runs: Run[];
}
/** Made by make_class_weight.py. */
const reference = JSON.parse(
  readFileSync(new URL('../reference/keras/class-weight.json', import.meta.url), 'utf8'),
) as Reference;

const NAMES = {
  kernel1: 'dense/kernel',
  bias1: 'dense/bias',
  kernel2: 'dense_1/kernel',
  bias2: 'dense_1/bias',
};

const headWeights = (given: Weights): HeadWeights =>
  new Map(
    Object.entries(NAMES).map(([theirs, ours]) => {
      const value = given[theirs as keyof Weights];
      const shape = Array.isArray(value[0]) ? [value.length, value[0].length] : [value.length];
      return [ours, { shape, values: Float32Array.from(value.flat()) }];
    }),
  );

const flat = (rows: number[][]): Float32Array => Float32Array.from(rows.flat());
const counts: [number, number] = [
  reference.y.filter((label) => label === 0).length,
  reference.y.filter((label) => label === 1).length,
];

describe('class weights against Keras’ class_weight', () => {
  it.each(reference.runs)('weights $classWeight give its losses and its weights', async (run) => {
    const { batch, rate, x, y, validation, initial } = reference;
    const head = await Head.create({
      features: 24,
      units: [16],
      dropout: 0,
      learningRate: rate,
      seed: 1,
      ...(run.classWeight && { lossWeights: run.classWeight }),
    });
    head.setWeights(headWeights(initial));
    const { state } = await fit(head, FRESH_FIT, {
      epochs: run.loss.length,
      patience: null,
      batchesPerEpoch: Math.ceil(x.length / batch),
      async *trainBatches() {
        for (const rows of batches(
          x.map((_, index) => index),
          batch,
        )) {
          yield await Promise.resolve({
            features: flat(rows.map((row) => x[row]!)),
            labels: Float32Array.from(rows, (row) => y[row]!),
          });
        }
      },
      validate: () => {
        const logits = head.logits(flat(validation.x), validation.x.length);
        const scored = Array.from(logits, (logit, index) => ({
          probability: sigmoid(logit),
          label: validation.y[index]!,
        }));
        const { loss, accuracy } = evaluate(scored, logits, 0.5);
        return Promise.resolve({ loss, accuracy: accuracy.value });
      },
      control: new JobControl(),
      onBatch: () => undefined,
      onEpoch: () => Promise.resolve(),
    });
    for (const [index, epoch] of state.history.entries()) {
      expect(epoch.loss, `loss of epoch ${epoch.epoch}`).toBeCloseTo(run.loss[index]!, 5);
      expect(epoch.accuracy).toBeCloseTo(run.accuracy[index]!, 6);
      expect(epoch.valLoss, `validation loss of epoch ${epoch.epoch}`).toBeCloseTo(run.valLoss[index]!, 5);
    }
    const expected = headWeights(run.final);
    for (const [name, { values }] of head.getWeights()) {
      values.forEach((value, index) => expect(value).toBeCloseTo(expected.get(name)!.values[index]!, 5));
    }
    head.dispose();
  });

  it('balanced weights are those of scikit-learn, and two numbers are themselves', () => {
    weightsOfClasses('balanced', counts).forEach((weight, index) =>
      expect(weight).toBeCloseTo(reference.balanced[index]!, 12),
    );
    expect(weightsOfClasses('none', counts)).toEqual([1, 1]);
    expect(weightsOfClasses('0.5:2.25', counts)).toEqual([0.5, 2.25]);
  });
});
