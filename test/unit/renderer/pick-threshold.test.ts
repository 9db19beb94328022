import { expect, test } from 'vitest';
import { pickThreshold } from '../../../renderer/lib/pick-threshold.ts';
import {
  beyond,
  classFigures,
  confusion,
  wrongness,
  type Confusion,
  type Scored,
} from '../../../shared/metrics.ts';
import reference from '../../reference/insight/figures.json' with { type: 'json' };

/** Figures of both classes and picked thresholds, against scikit-learn and statsmodels. */

const scored = reference.probabilities.map((probability, index): Scored => ({
  probability,
  label: reference.labels[index] as 0 | 1,
}));
const both = [0, 1] as const;

test.each(reference.figures)('precision, recall and F1 of both classes at $threshold', (expected) => {
  const counts = confusion(scored, expected.threshold);
  expect(counts).toEqual(expected.confusion);
  for (const label of both) {
    const { precision, recall, f1 } = classFigures(counts, label);
    expect(precision!.value).toBeCloseTo(expected.precision[label]!, 12);
    expect(recall!.value).toBeCloseTo(expected.recall[label]!, 12);
    expect(f1!.value).toBeCloseTo(expected.f1[label]!, 12);
    expect(f1!.low).toBeCloseTo(expected.f1Bounds[label]![0]!, 12);
    expect(f1!.high).toBeCloseTo(expected.f1Bounds[label]![1]!, 12);
  }
});

test('a class without pictures or predictions has no figures', () => {
  const none: Confusion = [
    [3, 0],
    [0, 0],
  ];
  expect(classFigures(none, 1)).toEqual({ precision: null, recall: null, f1: null });
});

test.each(both)('thresholds picked for class %i give what is best on scikit-learn’s curve', (label) => {
  const at = (threshold: number | null) => classFigures(confusion(scored, threshold!), label);
  const expected = reference.picked[label]!;
  expect(at(pickThreshold(scored, { kind: 'f1', class: label })).f1!.value).toBeCloseTo(expected.bestF1, 12);
  const precise = at(pickThreshold(scored, { kind: 'precision', class: label, atLeast: 0.8 }));
  expect(precise.precision!.value).toBeGreaterThanOrEqual(0.8);
  expect(precise.recall!.value).toBeCloseTo(expected.recallAtPrecision80, 12);
  const complete = at(pickThreshold(scored, { kind: 'recall', class: label, atLeast: 0.9 }));
  expect(complete.recall!.value).toBeGreaterThanOrEqual(0.9);
  expect(complete.precision!.value).toBeCloseTo(expected.precisionAtRecall90, 12);
});

test('no threshold is picked where none meets the goal', () => {
  const reversed: Scored[] = [
    { probability: 0.9, label: 0 },
    { probability: 0.1, label: 1 },
  ];
  expect(pickThreshold(reversed, { kind: 'precision', class: 1, atLeast: 0.8 })).toBeNull();
  expect(pickThreshold([], { kind: 'f1', class: 1 })).toBeNull();
});

test('both classes reach as far beyond the threshold, wherever it is', () => {
  expect(beyond(1, 0.9)).toBe(1);
  expect(beyond(0, 0.9)).toBe(-1);
  expect(beyond(0.9, 0.9)).toBe(0);
  expect(beyond(0.45, 0.9)).toBe(-0.5);
  expect(beyond(0, 0)).toBe(0);
  expect(beyond(1, 1)).toBe(0);
});

test('the most wrong are farthest beyond the threshold as a share of their side, not by distance', () => {
  const far = wrongness({ label: 0, probability: 0.99 }, 0.9);
  const near = wrongness({ label: 1, probability: 0.45 }, 0.9);
  expect(far).toBeCloseTo(0.9);
  expect(near).toBeCloseTo(0.5);
  expect(wrongness({ label: 1, probability: 0.99 }, 0.9)).toBeCloseTo(-0.9);
});
