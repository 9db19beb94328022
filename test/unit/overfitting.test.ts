import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findOverfitting, MIN_EPOCHS_AFTER_BEST } from '../../renderer/lib/overfitting.ts';

const run = (valLosses: number[], losses = valLosses.map((_, index) => 1 / (index + 2))) =>
  valLosses.map((valLoss, index) => ({ epoch: index + 1, loss: losses[index]!, valLoss }));

test('a validation loss that rises while the training loss falls is overfitting, from the best epoch on', () => {
  const found = findOverfitting(run([0.6, 0.4, 0.3, 0.35, 0.42, 0.5, 0.58]));
  expect(found).toMatchObject({ from: 3, to: 7 });
  expect(found!.rise).toBeCloseTo(0.2, 10);
});

test('a validation loss that falls or stays is not overfitting', () => {
  expect(findOverfitting(run([0.6, 0.5, 0.4, 0.3, 0.25, 0.2]))).toBeNull();
  expect(findOverfitting(run([0.6, 0.3, 0.301, 0.302, 0.303, 0.302]))).toBeNull();
});

test('a single worse epoch after the best is not a trend', () => {
  expect(findOverfitting(run([0.6, 0.4, 0.3, 0.9]))).toBeNull();
  expect(findOverfitting(run([0.6, 0.4, 0.3, 0.9, 0.31, 0.3, 0.3, 0.31, 0.3]))).toBeNull();
});

test('a training loss that rises as well is not overfitting', () => {
  expect(findOverfitting(run([0.3, 0.4, 0.5, 0.6, 0.7], [0.3, 0.4, 0.5, 0.6, 0.7]))).toBeNull();
});

test('near 0 a loss may double without being overfitting', () => {
  expect(findOverfitting(run([0.002, 0.001, 0.002, 0.002, 0.003]))).toBeNull();
});

test('epochs without a finite loss are ignored', () => {
  const epochs = run([0.4, 0.3, 0.4, 0.5, NaN, 0.6]);
  expect(findOverfitting(epochs)).toMatchObject({ from: 2, to: 6 });
  expect(findOverfitting([])).toBeNull();
  expect(findOverfitting(run([NaN, NaN]))).toBeNull();
});

test('whatever the losses, it begins at the lowest one and needs epochs after it', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0.001, max: 5, noNaN: true }), { minLength: 1 }), (valLosses) => {
      const found = findOverfitting(run(valLosses));
      if (!found) return;
      expect(valLosses[found.from - 1]).toBe(Math.min(...valLosses));
      expect(found.to - found.from).toBeGreaterThanOrEqual(MIN_EPOCHS_AFTER_BEST);
      expect(found.rise).toBeGreaterThan(0);
    }),
  );
});
