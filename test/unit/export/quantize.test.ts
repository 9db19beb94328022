import { describe, expect, test } from 'vitest';
import * as fc from 'fast-check';
import { quantize } from '../../../main/export/tfjs/quantize.ts';
import { tf } from '../../../main/model/tensorflow.ts';

const KERNEL = { name: 'kernel', shape: [1], trainable: false } as const;

type WeightEntry = Parameters<typeof tf.io.decodeWeights>[1][number];

/** What tfjs makes of a stored weight when it loads it. */
function asTfjsReads(values: Float32Array, bits: 16 | 8): Float32Array {
  const { bytes, quantization } = quantize(values, KERNEL, bits);
  const spec = { name: 'w', shape: [values.length], dtype: 'float32', quantization };
  const { w } = tf.io.decodeWeights(bytes.slice().buffer, [spec as WeightEntry]);
  return w!.dataSync() as Float32Array;
}

describe('16 bits', () => {
  test('each is the nearest half float, ties to the even one, too large is infinite', () => {
    const exact = [0, -0, 1, -1, 0.5, 65504, -65504, 2 ** -24, 2 ** -14, 2 ** -14 - 2 ** -24, Infinity];
    expect([...asTfjsReads(Float32Array.from(exact), 16)]).toEqual(exact);
    const rounded: [number, number][] = [
      [1 + 2 ** -11, 1],
      [1 + 3 * 2 ** -11, 1 + 2 ** -9],
      [1 + 2 ** -11 + 2 ** -20, 1 + 2 ** -10],
      [65519, 65504],
      [65520, Infinity],
      [2 ** -25, 0],
      [2 ** -25 + 2 ** -40, 2 ** -24],
      [3 * 2 ** -25, 2 ** -23],
      [-1e-9, -0],
    ];
    const read = asTfjsReads(
      Float32Array.from(rounded, ([value]) => value),
      16,
    );
    expect([...read]).toEqual(rounded.map(([, half]) => half));
    expect(asTfjsReads(Float32Array.of(NaN), 16)[0]).toBeNaN();
  });

  test('never further than half a step', () => {
    fc.assert(
      fc.property(fc.float({ min: -60000, max: 60000, noNaN: true }), (value) => {
        const [half] = asTfjsReads(Float32Array.of(value), 16);
        const step = Math.max(2 ** -24, 2 ** (Math.floor(Math.log2(Math.abs(value) || 1)) - 10));
        expect(Math.abs(half! - value)).toBeLessThanOrEqual(step / 2);
      }),
    );
  });
});

describe('8 bits', () => {
  test('0 stays 0, and nothing moves further than a step', () => {
    fc.assert(
      fc.property(
        fc.array(fc.float({ min: -4, max: 4, noNaN: true, noDefaultInfinity: true }), { minLength: 2 }),
        (numbers) => {
          const values = Float32Array.from([0, ...numbers]);
          const read = asTfjsReads(values, 8);
          const step = (Math.max(...values) - Math.min(...values)) / 255;
          expect(Math.abs(read[0]!)).toBeLessThan(1e-6);
          values.forEach((value, i) => {
            expect(Math.abs(read[i]! - value)).toBeLessThanOrEqual(step * 1.0001 + 1e-7);
          });
        },
      ),
    );
  });

  test('equal values stay as they are', () => {
    expect([...asTfjsReads(Float32Array.of(0.25, 0.25), 8)]).toEqual([0.25, 0.25]);
    expect([...asTfjsReads(Float32Array.of(0, 0), 8)]).toEqual([0, 0]);
  });
});

test('biases and statistics stay float32', () => {
  const values = Float32Array.of(0.1, 0.2);
  for (const name of ['bias', 'beta', 'moving_variance'] as const) {
    const stored = quantize(values, { ...KERNEL, name }, 8);
    expect(stored.quantization).toBeUndefined();
    expect(new Float32Array(stored.bytes.slice().buffer)).toEqual(values);
  }
});
