import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { computingEpochs, TimeLeft } from '../../main/training/time-left.ts';

/** Real runs, recorded by test/reference/epochs/record.ts: 'early stopping' on a busy machine, the others on a quiet one. */
const recorded = z
  .record(
    z.string(),
    z.object({
      epochs: z.number(),
      trained: z.number(),
      patience: z.number().nullable(),
      augmentation: z.object({ enabled: z.boolean(), variants: z.number() }),
      pictures: z.number(),
      startUs: z.number(),
      events: z.array(z.array(z.number())),
    }),
  )
  .parse(JSON.parse(readFileSync(new URL('../reference/epochs/recorded.json', import.meta.url), 'utf8')));

interface Estimate {
  /** Complete epochs. */
  epoch: number;
  batch: number;
  estimatedMs: number | null;
  realMs: number;
}

/** The time left after each batch and epoch, as it was estimated there and as it turned out to be. */
function estimates(name: string, epochs = recorded[name]!.epochs): Estimate[] {
  const { augmentation, pictures, startUs, events } = recorded[name]!;
  const computing = computingEpochs(augmentation);
  const left = new TimeLeft({ epochs, pictures, computing }, 0, startUs / 1000);
  const endUs = events.at(-1)![0]!;
  let [epoch, batch] = [0, 0];
  return events.flatMap((event) => {
    if (event.length === 2) {
      left.validated(event[0]!, event[1]! / 1000);
      return [];
    }
    const nowUs = event.at(-1)!;
    if (event.length === 3) {
      batch++;
      left.batch(event[0]!, event[1]! / 1000, nowUs / 1000);
    } else {
      epoch++;
      batch = 0;
      left.epoch(nowUs / 1000);
    }
    return [{ epoch, batch, estimatedMs: left.ms, realMs: (endUs - nowUs) / 1000 }];
  });
}

const error = ({ estimatedMs, realMs }: Estimate): number => estimatedMs! / realMs - 1;
/** At the ends of the epochs from the first to the one before the last few. */
const atEnds = (name: string, last: number, epochs?: number): Estimate[] =>
  estimates(name, epochs).filter(({ epoch, batch }) => batch === 0 && epoch >= 1 && epoch <= last);

test('is within 30% from the first epoch on, which builds graphs and saves the first checkpoint', () => {
  const { events, startUs, trained } = recorded.cached!;
  const ends = events.filter(({ length }) => length === 1).map(([endUs]) => endUs!);
  // The trap: the first epoch took more than twice as long as the others.
  expect(ends[0]! - startUs).toBeGreaterThan((2 * (ends.at(-1)! - ends[0]!)) / (trained - 1));
  const found = atEnds('cached', 4);
  expect(found).toHaveLength(4);
  for (const estimate of found) expect(Math.abs(error(estimate))).toBeLessThan(0.3);
});

test.each([
  ['augmented', 4],
  ['variants', 6],
])('is within 30%% from the first epoch on: %s', (name, last) => {
  const found = atEnds(name, last);
  expect(found).toHaveLength(last);
  for (const estimate of found)
    expect(Math.abs(error(estimate)), `epoch ${estimate.epoch}`).toBeLessThan(0.3);
});

test('is the most it can be where early stopping may end the run', () => {
  const { epochs, trained } = recorded['early stopping']!;
  expect(trained).toBeLessThan(epochs);
  for (const { estimatedMs, realMs } of atEnds('early stopping', trained)) {
    expect(estimatedMs).toBeGreaterThan(realMs);
  }
  // For the epochs that it did train, the estimate holds.
  for (const estimate of atEnds('early stopping', 2, trained)) {
    expect(Math.abs(error(estimate))).toBeLessThan(0.3);
  }
});

/** 200 pictures in batches of 20; in ms: 40 to compute a picture's features, 1 to read them, 5 for its step. */
function train(computing: number, epochs: number): { left: TimeLeft; at: Map<string, Estimate> } {
  const left = new TimeLeft({ epochs, pictures: 200, computing }, 0, 0);
  const seen: { key: string; now: number; estimatedMs: number | null }[] = [];
  let now = 0;
  for (let epoch = 1; epoch <= epochs; epoch++) {
    for (let batch = 1; batch <= 10; batch++) {
      now += 20 * ((epoch <= computing ? 40 : 1) + 5) + (epoch === 1 && batch === 1 ? 3000 : 0);
      left.batch(20, 100, now);
      seen.push({ key: `${epoch}.${batch}`, now, estimatedMs: left.ms });
    }
    now += 100;
    left.validated(50, 100);
    now += epoch === 1 ? 4000 : 0;
    left.epoch(now);
    seen.push({ key: `${epoch}`, now, estimatedMs: left.ms });
  }
  const at = seen.map(({ key, now: then, estimatedMs }): [string, Estimate] => [
    key,
    { epoch: 0, batch: 0, estimatedMs, realMs: now - then },
  ]);
  return { left, at: new Map(at) };
}

test.each([
  ['all epochs compute features', Infinity, 5],
  ['two epochs compute features, and four read them', 2, 6],
  ['no epoch computes features', 0, 8],
])('where %s', (_, computing, epochs) => {
  const { at, left } = train(computing, epochs);
  expect(at.get('1.1')!.estimatedMs).toBeNull();
  for (const key of ['1', '1.10', '2.3', '2', '3.5', '4.1']) {
    const estimate = at.get(key)!;
    // Before the end of the first epoch, its checkpoint is not known.
    if (key !== '1.10') expect(Math.abs(error(estimate)), key).toBeLessThan(0.2);
  }
  expect(left.ms).toBe(0);
});

test('a resumed run that reads features only is not taken for one that computes them', () => {
  const left = new TimeLeft({ epochs: 10, pictures: 100, computing: 2 }, 5, 0);
  left.batch(50, 200, 5000);
  left.batch(50, 200, 5300);
  expect(left.ms).toBeCloseTo(4 * 100 * 6);
});
