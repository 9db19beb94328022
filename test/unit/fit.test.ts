import { describe, expect, it } from 'vitest';
import type { EpochMetrics } from '../../shared/jobs/train.ts';
import { mapAhead } from '../../main/support/ahead.ts';
import { JobControl } from '../../main/training/control.ts';
import { FRESH_FIT, fit, type FitOptions, type FitState } from '../../main/training/fit.ts';
import { batches, epochOrder } from '../../main/training/order.ts';

interface Script {
  /** Validation loss of each epoch in turn. */
  valLosses?: number[];
  stepLoss?: (step: number) => number;
  onStep?: (step: number, control: JobControl) => void;
}

/** Fits three batches of 2, 2 and 1 pictures an epoch. */
async function run(
  script: Script,
  options: Partial<FitOptions<number>> = {},
  from: FitState = FRESH_FIT,
): Promise<{ end: string; state: FitState; epochs: EpochMetrics[]; best: number[]; steps: number }> {
  const control = options.control ?? new JobControl();
  const epochs: EpochMetrics[] = [];
  const best: number[] = [];
  let steps = 0;
  let validations = from.epoch;
  const { end, state } = await fit<number>(
    {
      step: (features, labels) => {
        steps++;
        script.onStep?.(steps, control);
        return { loss: script.stepLoss?.(steps) ?? features, correct: labels.length };
      },
    },
    from,
    {
      epochs: 4,
      patience: null,
      batchesPerEpoch: 3,
      control,
      // eslint-disable-next-line @typescript-eslint/require-await
      async *trainBatches() {
        for (const size of [2, 2, 1]) yield { features: size, labels: new Float32Array(size) };
      },
      validate: () => Promise.resolve({ loss: script.valLosses?.[validations++] ?? 1, accuracy: 0.5 }),
      onBatch: () => undefined,
      onEpoch: (_, metrics, isBest) => {
        epochs.push(metrics);
        if (isBest) best.push(metrics.epoch);
        return Promise.resolve();
      },
      ...options,
    },
  );
  return { end, state, epochs, best, steps };
}

describe('fit', () => {
  it('weights the epoch loss by pictures, as Keras does', async () => {
    const { end, epochs, steps } = await run({});
    expect(end).toBe('completed');
    expect(steps).toBe(12);
    expect(epochs[0]?.loss).toBeCloseTo((2 * 2 + 2 * 2 + 1) / 5, 12);
    expect(epochs[0]?.accuracy).toBe(1);
  });

  it('keeps the epoch of the lowest validation loss and stops when patience is used up', async () => {
    const { end, state, best } = await run({ valLosses: [3, 2, 2.5, 2.4, 1] }, { epochs: 10, patience: 2 });
    expect(end).toBe('early-stopped');
    expect(state).toMatchObject({ epoch: 4, bestEpoch: 2, bestValLoss: 2 });
    expect(best).toEqual([1, 2]);
  });

  it('stops after the batch when asked, and drops the unfinished epoch', async () => {
    const { end, state, steps } = await run({ onStep: (step, control) => step === 5 && control.stop() });
    expect(end).toBe('stopped');
    expect(steps).toBe(5);
    expect(state.epoch).toBe(1);
  });

  it('ends with the last good epoch when the loss is no longer a number', async () => {
    const training = await run({ stepLoss: (step) => (step === 8 ? NaN : 1) });
    expect(training).toMatchObject({ end: 'diverged', state: { epoch: 2 }, steps: 8 });
    const validation = await run({ valLosses: [1, Infinity] });
    expect(validation).toMatchObject({ end: 'diverged', state: { epoch: 1, bestEpoch: 1 } });
  });

  it('gives up when cancelled', async () => {
    await expect(run({ onStep: (step, control) => step === 2 && control.cancel() })).rejects.toMatchObject({
      code: 'cancelled',
    });
  });

  it('waits while paused, and the pause is not training time', async () => {
    const changes: string[] = [];
    const control = new JobControl((change) => {
      changes.push(change);
      if (change === 'paused') setTimeout(() => control.resume(), 300);
    });
    const { end, epochs } = await run({ onStep: (step) => step === 2 && control.pause() }, { control });
    expect(end).toBe('completed');
    expect(changes).toEqual(['paused', 'resumed']);
    expect(epochs[0]!.durationMs).toBeLessThan(control.pausedMs);
  });

  it('continues from the state of an earlier fit', async () => {
    const from: FitState = { epoch: 2, bestEpoch: 1, bestValLoss: 0.5, history: [] };
    const { state, epochs, best } = await run({ valLosses: [0, 0, 0.7, 0.4] }, {}, from);
    expect(epochs.map(({ epoch }) => epoch)).toEqual([3, 4]);
    expect(best).toEqual([4]);
    expect(state).toMatchObject({ epoch: 4, bestEpoch: 4, bestValLoss: 0.4 });
  });
});

describe('order of an epoch', () => {
  it('visits every picture once, in an order that depends on epoch and seed', () => {
    const first = epochOrder(50, 7, 1);
    expect([...first].sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, index) => index));
    expect(epochOrder(50, 7, 1)).toEqual(first);
    expect(epochOrder(50, 7, 2)).not.toEqual(first);
    expect(epochOrder(50, 8, 1)).not.toEqual(first);
  });

  it('cuts batches and uses the smaller last one', () => {
    expect([...batches([1, 2, 3, 4, 5], 2)]).toEqual([[1, 2], [3, 4], [5]]);
    expect([...batches([], 2)]).toEqual([]);
  });
});

describe('work ahead', () => {
  it('keeps the order, runs at most the given number at a time, and throws errors in order', async () => {
    let [running, most] = [0, 0];
    const task = async (value: number): Promise<number> => {
      most = Math.max(most, ++running);
      await new Promise((done) => setTimeout(done, value % 2 ? 8 : 1));
      running--;
      if (value === 7) throw new Error('seven');
      return value;
    };
    const seen: number[] = [];
    const consume = async (): Promise<void> => {
      for await (const value of mapAhead([0, 1, 2, 3, 4, 5, 6, 7, 8], 3, task)) seen.push(value);
    };
    await expect(consume()).rejects.toThrow('seven');
    expect(seen).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(most).toBe(3);
  });
});
