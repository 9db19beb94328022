import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Head } from '../../main/model/head/head.ts';
import type { HeadWeight, HeadWeights } from '../../main/model/head/layout.ts';
import { tf } from '../../main/model/tensorflow.ts';

/** Made with PyTorch's autograd by test/reference/insight/make_heatmap.py. */
const { cases } = JSON.parse(
  readFileSync(new URL('../reference/insight/heatmap.json', import.meta.url), 'utf8'),
) as {
  cases: {
    units: number[];
    kernels: number[][][];
    biases: number[][];
    features: number[][];
    logits: number[];
    cells: number[][];
  }[];
};

const CELLS = 9;

function weightsOf(kernels: number[][][], biases: number[][]): HeadWeights {
  return new Map(
    kernels.flatMap((kernel, layer): [string, HeadWeight][] => {
      const name = layer === 0 ? 'dense' : `dense_${layer}`;
      const [rows, columns] = [kernel.length, kernel[0]!.length];
      return [
        [`${name}/kernel`, { shape: [rows, columns], values: Float32Array.from(kernel.flat()) }],
        [`${name}/bias`, { shape: [columns], values: Float32Array.from(biases[layer]!) }],
      ];
    }),
  );
}

async function headOf(features: number, units: number[]): Promise<Head> {
  return Head.create({ features, units, dropout: 0, learningRate: 1e-4, seed: 1 });
}

describe('the heat map', () => {
  it.each(cases)('equals PyTorch’s gradient times input: hidden layers of $units', async (given) => {
    const { units, kernels, biases, features, logits, cells } = given;
    const head = await headOf(features[0]!.length, units);
    try {
      head.setWeights(weightsOf(kernels, biases));
      const flat = Float32Array.from(features.flat());
      head.logits(flat, features.length).forEach((value, row) => expect(value).toBeCloseTo(logits[row]!, 5));
      const before = tf.memory().numTensors;
      const found = head.attribute(flat, features.length, CELLS);
      expect(tf.memory().numTensors).toBe(before);
      cells.flat().forEach((value, index) => expect(found.cells[index]).toBeCloseTo(value, 5));
      logits.forEach((value, row) => {
        const sum = cells[row]!.reduce((total, cell) => total + cell, 0);
        expect(found.logits[row]).toBeCloseTo(value, 5);
        expect(found.biases[row]).toBeCloseTo(value - sum, 5);
      });
    } finally {
      head.dispose();
    }
  });

  it('adds up to the logit, with the kernel of the tutorial in blocks', async () => {
    const [cellCount, channels, n] = [49, 768, 4];
    const width = cellCount * channels;
    const head = await headOf(width, [1024]);
    try {
      const weights = head.getWeights();
      for (const name of ['dense/bias', 'dense_1/bias']) {
        weights.get(name)!.values.forEach((_, unit, values) => (values[unit] = Math.cos(unit) / 10));
      }
      head.setWeights(weights);
      const features = Float32Array.from({ length: n * width }, (_, index) =>
        Math.abs(Math.sin(index * 0.7)),
      );
      const logits = head.logits(features, n);
      const found = head.attribute(features, n, cellCount);
      logits.forEach((value, row) => {
        const cells = found.cells.subarray(row * cellCount, (row + 1) * cellCount);
        const sum = cells.reduce((total, cell) => total + cell, found.biases[row]!);
        expect(Math.abs(sum - value)).toBeLessThan(1e-4);
        expect(Math.abs(found.logits[row]! - value)).toBeLessThan(1e-4);
      });
      head.negate();
      const negated = head.attribute(features, n, cellCount);
      found.cells.forEach((value, index) => expect(negated.cells[index]).toBeCloseTo(-value, 5));
    } finally {
      head.dispose();
    }
  });
});
