import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { areFinite, fromHalves, toHalves } from '../../main/support/half-floats.ts';
import { readRow, roundRow, writeRow } from '../../main/training/feature-rows.ts';

describe('half floats', () => {
  test('have the values of the standard', () => {
    // From IEEE 754: one, the largest, the smallest normal and subnormal numbers, a third.
    const known: [number, number][] = [[0x3c00, 1], [0xc000, -2], [0x7bff, 65_504], [0x0400, 2 ** -14], [0x0001, 2 ** -24], [0x3555, 0.333251953125], [0x0000, 0]]; // prettier-ignore
    for (const [half, value] of known) {
      expect(fromHalves(Uint16Array.of(half))[0]).toBe(value);
      expect(toHalves(Float32Array.of(value))[0]).toBe(half);
    }
  });

  test('every half float survives', () => {
    const all = Uint16Array.from({ length: 65_536 }, (_, half) => half).filter(
      (half) => (half & 0x7c00) !== 0x7c00,
    );
    expect(toHalves(fromHalves(all))).toEqual(all);
  });

  test('are the nearest', () => {
    fc.assert(
      fc.property(fc.float({ min: -65_504, max: 65_504, noNaN: true }), (value) => {
        const [half = 0] = toHalves(Float32Array.of(value));
        const error = Math.abs(fromHalves(Uint16Array.of(half))[0]! - value);
        for (const other of [half - 1, half + 1]) {
          if (other < 0 || other > 0xffff || (other & 0x7c00) === 0x7c00) continue;
          expect(error).toBeLessThanOrEqual(Math.abs(fromHalves(Uint16Array.of(other))[0]! - value));
        }
      }),
    );
  });

  test('say what is too large', () => {
    expect(areFinite(toHalves(Float32Array.of(0, 65_504, -1)))).toBe(true);
    expect(areFinite(toHalves(Float32Array.of(0, 65_520)))).toBe(false);
  });
});

describe('rows of features', () => {
  const row = Float32Array.of(0, 0.1, 1 / 3, 11.9, 2000.7);

  test('take two bytes a feature, and are read as they were rounded', () => {
    const rounded = roundRow(row.slice());
    expect(rounded).not.toEqual(row);
    for (const [i, value] of rounded.entries())
      expect(Math.abs(value - row[i]!)).toBeLessThanOrEqual(row[i]! / 2048);
    expect(writeRow(row).byteLength).toBe(10);
    expect(readRow(writeRow(row), 5)).toEqual(rounded);
    expect(roundRow(rounded.slice())).toEqual(rounded);
  });

  test('of earlier versions in float32 are read and rounded', () => {
    expect(readRow(new Uint8Array(row.slice().buffer), 5)).toEqual(roundRow(row.slice()));
  });

  test('that are too large stay in float32', () => {
    const large = Float32Array.of(0.1, 1e6);
    expect(roundRow(large.slice())).toEqual(large);
    expect(readRow(writeRow(large), 2)).toEqual(large);
  });

  test('of another length are refused', () => {
    expect(readRow(new Uint8Array(10), 4)).toBeUndefined();
  });
});
