import { expect, test } from 'vitest';
import { curvesOf, thin, type ChartedRun } from '../../../renderer/views/train/curves.ts';
import type { BatchEvent } from '../../../shared/jobs/messages.ts';

const epoch = (number: number, batchLosses: number[]) => ({
  epoch: number,
  durationMs: 1000,
  loss: 0.5,
  accuracy: 0.8,
  valLoss: 0.6,
  valAccuracy: 0.7,
  batchLosses,
});
const batch = (number: number, batchLoss: number): BatchEvent => ({
  type: 'batch',
  epoch: 2,
  batch: number,
  batches: 4,
  loss: 0.5,
  accuracy: 0.75,
  batchLoss,
});
const RUN: ChartedRun = { id: 'r1', name: 'Run 1', epochs: [], batches: [], isLive: true };
const partsOf = (run: ChartedRun, withBatches = true) =>
  curvesOf([run], 'loss', withBatches).map(({ part }) => part);

test('batches stand where they are in their epoch, those of past epochs before those of the one under way', () => {
  const run = { ...RUN, epochs: [epoch(1, [0.9, NaN, 0.7, 0.6])], batches: [batch(1, 0.5), batch(2, 0.4)] };
  expect(curvesOf([run], 'loss', true)[0]!.points).toEqual([
    [0.25, 0.9],
    [0.75, 0.7],
    [1, 0.6],
    [1.25, 0.5],
    [1.5, 0.4],
  ]);
  expect(curvesOf([run], 'accuracy', true)[0]!.points).toEqual([
    [1.25, 0.75],
    [1.5, 0.75],
  ]);
});

test('a run under way has its curve of batches before the first of them, so nothing jumps when it comes', () => {
  expect(partsOf(RUN)).toEqual(['batch', 'train', 'validation']);
  expect(partsOf({ ...RUN, isLive: false })).toEqual(['train', 'validation']);
  expect(partsOf(RUN, false)).toEqual(['train', 'validation']);
});

test('of many points the lowest and highest neighbours stay, in order, and few stay as they are', () => {
  const wave = Array.from({ length: 50_001 }, (_, x) => [x, Math.sin(x / 40) + (x === 777 ? 9 : 0)] as const);
  const fewer = thin(wave, 2000);
  expect(fewer.length).toBeGreaterThan(1000);
  expect(fewer.length).toBeLessThanOrEqual(2000);
  expect(fewer.map(([x]) => x)).toEqual(fewer.map(([x]) => x).sort((a, b) => a - b));
  expect(fewer).toContainEqual(wave[777]);
  expect(Math.min(...fewer.map(([, y]) => y))).toBe(Math.min(...wave.map(([, y]) => y)));
  expect(thin(wave.slice(0, 2000), 2000)).toEqual(wave.slice(0, 2000));
});
