import { mkdtempSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Head } from '../../main/model/head/head.ts';
import type { HeadWeights } from '../../main/model/head/layout.ts';
import { dropoutMask } from '../../main/model/head/random-values.ts';
import { SafetensorsFile, writeSafetensors } from '../../main/files/safetensors.ts';
import { tf } from '../../main/model/tensorflow.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'twofold-head-'));
afterAll(() => rmSync(folder, { recursive: true }));

const options = { features: 12, units: [8], dropout: 0.5, learningRate: 1e-2, seed: 3 };

function data(n: number, features = 12): { x: Float32Array; y: Float32Array } {
  const x = Float32Array.from({ length: n * features }, (_, i) => Math.sin(i * 12.9898) * 1.5);
  return { x, y: Float32Array.from({ length: n }, (_, i) => (x[i * features]! > 0 ? 1 : 0)) };
}

const values = (weights: HeadWeights): number[] =>
  [...weights.values()].flatMap((weight) => [...weight.values]);

/** Forward pass written out in double precision. */
function plainLogits(weights: HeadWeights, x: Float32Array, n: number): number[] {
  let rows = Array.from({ length: n }, (_, i) => [
    ...x.subarray((i * x.length) / n, ((i + 1) * x.length) / n),
  ]);
  const layers = weights.size / 2;
  for (let layer = 0; layer < layers; layer++) {
    const name = layer === 0 ? 'dense' : `dense_${layer}`;
    const { values: kernel, shape } = weights.get(`${name}/kernel`)!;
    const { values: bias } = weights.get(`${name}/bias`)!;
    rows = rows.map((row) =>
      Array.from({ length: shape[1]! }, (_, unit) => {
        const sum = row.reduce(
          (total, value, i) => total + value * kernel[i * shape[1]! + unit]!,
          bias[unit]!,
        );
        return layer < layers - 1 ? Math.max(0, sum) : sum;
      }),
    );
  }
  return rows.map((row) => row[0]!);
}

const meanLoss = (logits: number[], y: Float32Array): number =>
  logits.reduce((sum, z, i) => sum + Math.max(z, 0) - z * y[i]! + Math.log1p(Math.exp(-Math.abs(z))), 0) /
  y.length;

describe('head', () => {
  it('starts with Glorot-uniform kernels and zero biases, the same for the same seed', async () => {
    const heads = await Promise.all(
      [3, 3, 4].map((seed) => Head.create({ ...options, features: 1000, units: [50], seed })),
    );
    const [first, second, third] = heads.map((head) => head.getWeights());
    const kernel = first!.get('dense/kernel')!;
    const limit = Math.sqrt(6 / 1050);
    expect(kernel.shape).toEqual([1000, 50]);
    expect(Math.max(...kernel.values)).toBeLessThanOrEqual(limit);
    expect(Math.max(...kernel.values)).toBeGreaterThan(limit * 0.99);
    expect(kernel.values.reduce((sum, v) => sum + v, 0) / kernel.values.length).toBeCloseTo(0, 3);
    expect(first!.get('dense/bias')!.values.every((v) => v === 0)).toBe(true);
    expect(values(second!)).toEqual(values(first!));
    expect(values(third!)).not.toEqual(values(first!));
    for (const head of heads) head.dispose();
  });

  it.each([[[8]], [[8, 5]], [[9, 6, 4]]])(
    'has the gradient of its loss with hidden layers %j',
    async (units) => {
      // RMSprop's first step is rate · g / √(0.1 g² + ε): its sign and, where g is large, its size are known. The gradient
      // itself is read back from the running mean of squares, 0.1 g².
      const head = await Head.create({ ...options, units, dropout: 0, learningRate: 1e-6 });
      const { x, y } = data(6);
      const before = head.getWeights();
      head.step(x, y);
      const file = path.join(folder, 'gradient.safetensors');
      const { tensors, metadata } = head.checkpoint();
      await writeSafetensors(file, tensors, metadata);
      const saved = await SafetensorsFile.open(file);
      for (const [name, { values: given, shape }] of before) {
        const squares = await saved.floats(`rms/${name}`);
        for (const index of new Set([0, given.length >> 1, given.length - 1])) {
          const lossAt = (change: number): number => {
            const moved = given.slice();
            moved[index]! += change;
            return meanLoss(plainLogits(new Map(before).set(name, { shape, values: moved }), x, 6), y);
          };
          const numeric = (lossAt(1e-3) - lossAt(-1e-3)) / 2e-3;
          expect(Math.sqrt(squares[index]! / 0.1), `${name}[${index}]`).toBeCloseTo(Math.abs(numeric), 3);
        }
      }
      await saved.close();
      head.dispose();
    },
  );

  it('splits large kernels into blocks without a visible effect', async () => {
    // 3,000 × 1,000 values are three blocks, the last one smaller.
    const head = await Head.create({ ...options, features: 3000, units: [1000], dropout: 0 });
    const { x } = data(2, 3000);
    const weights = head.getWeights();
    expect(weights.get('dense/kernel')!.values.length).toBe(3_000_000);
    const expected = plainLogits(weights, x, 2);
    head.logits(x, 2).forEach((logit, i) => expect(logit).toBeCloseTo(expected[i]!, 4));
    const other = await Head.create({ ...options, features: 3000, units: [1000], dropout: 0, seed: 9 });
    other.setWeights(weights);
    expect(other.logits(x, 2)).toEqual(head.logits(x, 2));
    const copied = other.getWeights().get('dense/kernel')!.values;
    expect(Buffer.from(copied.buffer).equals(Buffer.from(weights.get('dense/kernel')!.values.buffer))).toBe(
      true,
    );
    head.dispose();
    other.dispose();
  }, 60_000);

  it('drops the given share, scales the others up, and drops nothing in evaluation', async () => {
    const mask = dropoutMask(1, 0, 0, 100_000, 0.3);
    const kept = mask.filter((v) => v > 0);
    expect(kept.length / mask.length).toBeCloseTo(0.7, 2);
    expect(new Set(kept)).toEqual(new Set([Math.fround(1 / 0.7)]));
    expect(dropoutMask(1, 1, 0, 100, 0.3)).not.toEqual(dropoutMask(1, 0, 0, 100, 0.3));
    expect(dropoutMask(1, 0, 1, 100, 0.3)).not.toEqual(dropoutMask(1, 0, 0, 100, 0.3));

    const head = await Head.create(options);
    const { x } = data(4);
    const expected = plainLogits(head.getWeights(), x, 4);
    head.logits(x, 4).forEach((logit, i) => expect(logit).toBeCloseTo(expected[i]!, 5));
    head.predict(x, 4).forEach((p, i) => expect(p).toBeCloseTo(1 / (1 + Math.exp(-expected[i]!)), 6));
    head.dispose();
  });

  it('continues from a checkpoint bit for bit as if it had never stopped', async () => {
    const { x, y } = data(20);
    const steps = (head: Head, n: number): number[] => Array.from({ length: n }, () => head.step(x, y).loss);
    const whole = await Head.create(options);
    const expected = steps(whole, 10);

    const first = await Head.create(options);
    steps(first, 4);
    const file = path.join(folder, 'checkpoint.safetensors');
    const { tensors, metadata } = first.checkpoint();
    await writeSafetensors(file, tensors, metadata);
    const second = await Head.create({ ...options, seed: options.seed });
    const saved = await SafetensorsFile.open(file);
    await second.restore(saved);
    await saved.close();
    expect(second.iterations).toBe(4);
    expect(steps(second, 6)).toEqual(expected.slice(4));
    expect(values(second.getWeights())).toEqual(values(whole.getWeights()));
    for (const head of [whole, first, second]) head.dispose();
  });

  // Layers of 64 units are updated by row.
  it.each([8, 64])('continues from a checkpoint after %i units diverged', async (units) => {
    const { x, y } = data(20);
    const head = await Head.create({ ...options, units: [units], dropout: 0 });
    const file = path.join(folder, 'sound.safetensors');
    head.step(x, y);
    const { tensors, metadata } = head.checkpoint();
    await writeSafetensors(file, tensors, metadata);
    const expected = [head.step(x, y).loss, head.step(x, y).loss];
    // One value that is not a number is enough, and the weights it has spoilt are noticed without it.
    expect(
      head.step(
        Float32Array.from(x, (value, index) => (index === 5 ? NaN : value)),
        y,
      ).loss,
    ).toBeNaN();
    expect(head.step(x, y).loss).toBeNaN();
    expect(Array.from(head.logits(x, 20)).every(Number.isNaN)).toBe(true);
    const saved = await SafetensorsFile.open(file);
    await head.restore(saved);
    await saved.close();
    expect([head.step(x, y).loss, head.step(x, y).loss]).toEqual(expected);
    head.dispose();
  });

  it('trains with any batch size, also a smaller last one, on tensors and arrays', async () => {
    const head = await Head.create({ ...options, dropout: 0 });
    const { x, y } = data(30);
    const start = head.step(x, y).loss;
    for (let i = 0; i < 60; i++) {
      const tensor = tf.tensor2d(x.subarray(0, 7 * 12), [7, 12]);
      head.step(tensor, y.subarray(0, 7));
      tensor.dispose();
      head.step(x.subarray(7 * 12), y.subarray(7));
    }
    expect(head.step(x, y)).toMatchObject({ correct: 30 });
    expect(head.step(x, y).loss).toBeLessThan(start / 3);
    head.dispose();
  });

  it('leaks no tensors, and two heads do not share anything', async () => {
    const { x, y } = data(4);
    const one = await Head.create(options);
    const two = await Head.create(options);
    const untouched = values(two.getWeights());
    const before = tf.memory().numTensors;
    for (let i = 0; i < 50; i++) one.step(x, y);
    one.logits(x, 4);
    one.setWeights(one.getWeights());
    expect(tf.memory().numTensors).toBe(before);
    expect(values(two.getWeights())).toEqual(untouched);
    expect(values(one.getWeights())).not.toEqual(untouched);
    one.dispose();
    one.dispose();
    expect(values(two.getWeights())).toEqual(untouched);
    two.dispose();
  });

  it.each([8, 64])('writes the kept weights after further training of %i units', async (units) => {
    const { x, y } = data(8);
    const head = await Head.create({ ...options, units: [units] });
    for (let i = 0; i < 3; i++) head.step(x, y);
    const kept = values(head.getWeights());
    head.keep();
    for (let i = 0; i < 5; i++) head.step(x, y);
    expect(values(head.getWeights())).not.toEqual(kept);
    const file = path.join(folder, 'kept.safetensors');
    await head.writeWeights(file, 'kept');
    const other = await Head.create({ ...options, units: [units] });
    await other.readWeights(file);
    expect(values(other.getWeights())).toEqual(kept);
    head.dispose();
    other.dispose();
  });

  it('saves its weights and refuses files that are damaged or of another head', async () => {
    const head = await Head.create(options);
    const file = path.join(folder, 'head.safetensors');
    await head.writeWeights(file);
    const other = await Head.create({ ...options, seed: 99 });
    await other.readWeights(file);
    expect(values(other.getWeights())).toEqual(values(head.getWeights()));
    const wider = await Head.create({ ...options, units: [9] });
    await expect(wider.readWeights(file)).rejects.toMatchObject({ code: 'corrupt', message: /another head/ });
    truncateSync(file, 300);
    await expect(other.readWeights(file)).rejects.toMatchObject({ code: 'corrupt' });
    expect(() => wider.setWeights(head.getWeights())).toThrow(
      /Expected "dense\/kernel" of shape \[12, 9\], received \[12, 8\]/,
    );
    const short = new Map(head.getWeights()).set('dense/bias', { shape: [8], values: new Float32Array(7) });
    expect(() => other.setWeights(short)).toThrow(
      /"dense\/bias" of shape \[8\], received \[8\] with 7 values/,
    );
    for (const each of [head, other, wider]) each.dispose();
  });
});
