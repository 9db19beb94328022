import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ModelCard } from '../../main/export/card/card.ts';
import type { Interval, MetricIntervals } from '../../shared/metrics.ts';
import { done, QUICK, run, sampleFolder, temporaryFolder } from '../kit/cli.ts';

/** What is known of a run and how sure it is, on the command line. */

const folder = temporaryFolder();
const project = path.join(folder, 'sample.twofold');

let trained: Awaited<ReturnType<typeof run>>;
beforeAll(async () => {
  await done('import', sampleFolder(40), '--project', project);
  // Trained little, so that some pictures are predicted wrongly.
  trained = await run(
    ...['train', project, ...QUICK, '--no-augment', '--epochs', '2', '--learning-rate', '0.00005'],
    ...['--validation-fraction', '0.5', '--json'],
  );
});

const holds = ({ value, low, high }: Interval): boolean => low <= value && value <= high && low < high;

describe('intervals', () => {
  it('of every metric come with evaluate, the same for the same seed', async () => {
    const evaluated = await done('evaluate', project);
    const { count, intervals, rocAuc, accuracy } = evaluated as unknown as {
      count: number;
      intervals: MetricIntervals;
      rocAuc: number;
      accuracy: Interval;
    };
    expect(count).toBe(40);
    expect(holds(accuracy)).toBe(true);
    for (const name of ['f1', 'rocAuc', 'averagePrecision', 'calibrationError'] as const)
      expect(holds(intervals[name]!)).toBe(true);
    expect(intervals).toMatchObject({ seed: 1, resamples: 1000, rocAuc: { value: rocAuc } });
    expect((await done('evaluate', project)).intervals).toEqual(intervals);
    expect((await done('evaluate', project, '--seed', '2')).intervals).not.toEqual(intervals);
    const { stdout } = await run('evaluate', project);
    expect(stdout).toMatch(/Accuracy +\d.*%\) {2}on 40 validation pictures/);
    expect(stdout).toMatch(/F1 +\d+\.\d% \(\d+\.\d% to \d+\.\d%\)/);
    expect(stdout).toMatch(/ROC AUC +\d\.\d{4} \(\d\.\d{4} to \d\.\d{4}\)/);
    expect(stdout).toMatch(/bootstrap for the others \(1,000 resamples, seed 1\)/);
  });

  it('training accuracy stands beside the others, with the gap as a number', async () => {
    const { gap } = trained.events.at(-1) as unknown as { gap: { accuracy: number; epoch: number } };
    const kept = trained.events.find(({ event, epoch }) => event === 'epoch' && epoch === gap.epoch)!;
    expect(gap.accuracy).toBeCloseTo(Number(kept.accuracy) - Number(kept.valAccuracy), 10);
    expect(trained.events.at(-1)!.intervals).toMatchObject({ seed: 1 });
    expect((await done('runs', project, '--run', 'r1')).gap).toEqual(gap);
    const { stdout } = await run('runs', project, '--run', 'r1');
    expect(stdout).toMatch(/training +40 .*\n.*validation +40 /);
    expect(stdout).toContain(`Overfitting gap: ${(gap.accuracy * 100).toFixed(1)} percentage points`);
    expect(await done('evaluate', project, '--on', 'train')).toMatchObject({ on: 'train', count: 40 });
  });

  it('stand in the model card', async () => {
    const out = path.join(folder, 'onnx');
    await done('export', project, '--format', 'onnx', '--out', out);
    const card = JSON.parse(readFileSync(path.join(out, 'card.json'), 'utf8')) as ModelCard;
    expect(card.intervals).toEqual((await done('evaluate', project)).intervals);
    expect(card.overfittingGap).toBe((trained.events.at(-1)!.gap as { accuracy: number }).accuracy);
    const readme = readFileSync(path.join(out, 'README.md'), 'utf8');
    expect(readme).toMatch(/\| ROC AUC \| \d\.\d{4} \(\d\.\d{4} to \d\.\d{4}\) \|/);
    expect(readme).toContain('Overfitting gap: ');
  });
});
