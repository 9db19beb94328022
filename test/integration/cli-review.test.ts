import { execFile } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { parse } from 'csv-parse/sync';
import { beforeAll, describe, expect, it } from 'vitest';
import type { UnsureProposal } from '../../shared/unsure.ts';
import type { ModelCard } from '../../main/export/card/card.ts';
import type { Interval, MetricIntervals } from '../../shared/metrics.ts';
import type { CalibratedSet } from '../../shared/reliability.ts';
import {
  formatPoints,
  gapSentence,
  type SetAccuracy,
  type TrainingReport,
} from '../../shared/overfitting-gap.ts';
import { done, QUICK, run, sampleFolder, temporaryFolder } from '../kit/cli.ts';

/** What is known of a run and how sure it is, on the command line. */

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const folder = temporaryFolder();
const project = path.join(folder, 'sample.twofold');

let trained: Awaited<ReturnType<typeof run>>;
beforeAll(async () => {
  await done('import', sampleFolder(40), '--project', project);
  sampleFolder(8, path.join(folder, 'new'));
  // So few and small steps that some pictures are predicted wrongly, and many with little confidence.
  trained = await run(
    ...['train', project, ...QUICK, '--no-augment'],
    ...['--epochs', '4', '--learning-rate', '0.0001'],
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
    expect(stdout).toContain('For the gap without dropout and augmentation, predict all pictures: ');
    expect(stdout).toMatch(/F1 +\d+\.\d% \(\d+\.\d% to \d+\.\d%\)/);
    expect(stdout).toMatch(/ROC AUC +\d\.\d{4} \(\d\.\d{4} to \d\.\d{4}\)/);
    expect(stdout).toMatch(/bootstrap for the others \(1,000 resamples, seed 1\)/);
  });

  it('the reported figures of training stand apart from the overfitting gap, which needs predictions', async () => {
    const { reported, intervals } = trained.events.at(-1) as unknown as {
      reported: TrainingReport;
      intervals: MetricIntervals;
    };
    const kept = trained.events.find(({ event, epoch }) => event === 'epoch' && epoch === reported.epoch)!;
    expect(reported.training).toEqual({ accuracy: kept.accuracy, loss: kept.loss });
    expect(reported.validation).toEqual({ accuracy: kept.valAccuracy, loss: kept.valLoss });
    expect(intervals).toMatchObject({ seed: 1 });
    expect(await done('runs', project, '--run', 'r1')).toMatchObject({ reported, gap: null });
    const { stdout } = await run('runs', project, '--run', 'r1');
    expect(stdout).not.toContain('Overfitting gap');
    expect(stdout).toContain(`As reported in training, at epoch ${reported.epoch},`);
  });

  it('the overfitting gap is the difference of both evaluations, once the training pictures are predicted', async () => {
    await done('predict', project, '--all');
    const accuracies: Interval[] = [];
    for (const on of ['train', 'validation']) {
      const evaluated = await done('evaluate', project, '--on', on);
      expect(evaluated).toMatchObject({ on, count: 40 });
      accuracies.push((evaluated as unknown as { accuracy: Interval }).accuracy);
    }
    const { gap, sets } = (await done('runs', project, '--run', 'r1')) as unknown as {
      gap: Interval;
      sets: SetAccuracy[];
    };
    expect(sets.map(({ accuracy }) => accuracy)).toEqual(accuracies);
    expect(gap.value).toBeCloseTo(accuracies[0]!.value - accuracies[1]!.value, 12);
    expect(gap.low).toBeLessThan(gap.value);
    expect(gap.high).toBeGreaterThan(gap.value);
    const { stdout } = await run('evaluate', project);
    expect(stdout).toContain(gapSentence(sets));
    expect(gapSentence(sets)).toContain(`${formatPoints(gap.value)} percentage points (`);
  });

  it('are in the model card', async () => {
    const out = path.join(folder, 'onnx');
    await done('export', project, '--format', 'onnx', '--out', out);
    const card = JSON.parse(readFileSync(path.join(out, 'card.json'), 'utf8')) as ModelCard;
    expect(card.intervals).toEqual((await done('evaluate', project)).intervals);
    const { gap, reported } = await done('runs', project, '--run', 'r1');
    expect(card).toMatchObject({ overfittingGap: gap, reported });
    expect(gap).not.toBeNull();
    const readme = readFileSync(path.join(out, 'README.md'), 'utf8');
    expect(readme).toMatch(/\| ROC AUC \| \d\.\d{4} \(\d\.\d{4} to \d\.\d{4}\) \|/);
    expect(readme).toContain(gapSentence(card.accuracies));
  });
});

interface Predicted {
  path: string;
  label: string;
  probability: number;
}
async function predictions(model = project): Promise<Map<string, Predicted>> {
  const { events } = await run('predict', model, path.join(folder, 'new'), '--json');
  const found = events.filter(({ event }) => event === 'prediction') as unknown as Predicted[];
  // A copy of the folder has no index, so it notes nothing that is unlike the labelled pictures.
  return new Map(
    found.map(({ path: file, label, probability }) => [file, { path: file, label, probability }]),
  );
}

const logitOf = (p: number): number => Math.log(p / (1 - p));

describe('calibration', () => {
  let temperature: number;
  let before: Map<string, Predicted>;

  it('is compared before and after, and changes nothing until it is applied', async () => {
    before = await predictions();
    const found = await done('calibrate', project);
    expect(found).toMatchObject({ run: 'r1', applied: 1, fittedOn: 'validation', outOfFold: 'unknown' });
    const [{ on, pictures, before: raw, after }] = (found as unknown as { sets: [CalibratedSet] }).sets;
    expect([on, pictures]).toEqual(['validation', 40]);
    expect(after!.loss).toBeLessThan(raw.loss);
    expect(raw.loss).toBeCloseTo(Number((await done('evaluate', project)).loss), 5);
    expect(await predictions()).toEqual(before);
  });

  it('once applied, is used by predict, evaluate, a copy of the run’s folder and exports', async () => {
    const applied = await done('calibrate', project, '--apply');
    temperature = Number(applied.temperature);
    expect(temperature).not.toBeCloseTo(1, 2);
    expect(applied.applied).toBe(temperature);
    const after = await predictions();
    for (const [file, { probability, label }] of after) {
      expect(logitOf(probability)).toBeCloseTo(logitOf(before.get(file)!.probability) / temperature, 4);
      expect(label).toBe(before.get(file)!.label);
    }
    const evaluated = await done('evaluate', project);
    expect(evaluated.loss).toBeCloseTo(
      (applied as unknown as { sets: [CalibratedSet] }).sets[0].after!.loss,
      5,
    );

    const copy = path.join(folder, 'copy');
    cpSync(path.join(project, 'runs/r1'), copy, { recursive: true });
    expect(await predictions(copy)).toEqual(after);

    // Fitting again gives the same temperature, since it starts from uncalibrated logits.
    expect((await done('calibrate', project)).temperature).toBeCloseTo(temperature, 6);
  });

  it('is part of exports, which give the calibrated probabilities', async () => {
    for (const format of ['onnx', 'keras']) {
      const out = path.join(folder, `calibrated-${format}`);
      await done('export', project, '--format', format, '--out', out);
      const card = JSON.parse(readFileSync(path.join(out, 'card.json'), 'utf8')) as ModelCard;
      expect(card.temperature).toBe(temperature);
      // Compared with the app's calibrated answers.
      expect(card.check!.maxDifference).toBeLessThan(1e-4);
    }
  });

  it('is kept when the classes are swapped, and removed by --reset', async () => {
    const applied = await predictions();
    await run('labels', project, '--swap');
    for (const [file, { probability }] of await predictions())
      expect(probability).toBeCloseTo(1 - applied.get(file)!.probability, 6);
    await run('labels', project, '--swap');
    await done('calibrate', project, '--reset');
    expect(await predictions()).toEqual(before);
  });
});

describe('an unsure answer', () => {
  const rule = ['--alpha', '0.2'];

  it('is refused while there are too few pictures, and says how many are missing', async () => {
    const { code, stdout } = await run('unsure', project);
    expect(code).toBe(0);
    expect(stdout).toMatch(/"flags": Not enough pictures yet\. At least \d+ more/);
    const refused = await run('unsure', project, '--apply');
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('Nothing can be guaranteed for either class.');
    expect((await run('unsure', project, '--alpha', '0.7')).code).toBe(2);
  });

  it('gives the bound of the binomial test, with its source', async () => {
    const found = (await done('unsure', project, ...rule)) as unknown as UnsureProposal & {
      guarantee: string;
    };
    for (const { from, answered, wrong, errorAtMost } of found.classes) {
      if (from === null) continue;
      expect(answered).toBeGreaterThanOrEqual(14);
      expect(errorAtMost).toBeLessThanOrEqual(0.2);
      expect(wrong).toBeLessThan(answered * 0.2);
    }
    expect(found.rule).not.toBeNull();
    expect(found.guarantee).toContain('at most 20.0% are wrong, with 95% confidence for each class');
    const { stdout } = await run('unsure', project, ...rule);
    expect(stdout).toContain('Geifman and El-Yaniv, 2017');
  });

  it('is given by predict, in tables, by a copy of the folder, and by the sample of an export', async () => {
    const { rule: made } = (await done('unsure', project, ...rule, '--apply')) as unknown as UnsureProposal;
    const expected = (probability: number): string => {
      const label = probability > 0.5 ? 1 : 0;
      const least = made!.from[label];
      const sure = least !== null && (label ? probability : 1 - probability) >= least;
      return sure ? ['flags', 'smileys'][label]! : 'unsure';
    };
    const answers = await predictions();
    for (const { label, probability } of answers.values()) expect(label).toBe(expected(probability));
    expect([...answers.values()].map(({ label }) => label)).toContain('unsure');
    const csv = parse<{ path: string; label: string; unsure: string }>(
      (await run('predict', project, path.join(folder, 'new'), '--csv', '-')).stdout,
      { columns: true },
    );
    for (const { path: file, label, unsure } of csv) {
      expect(label).toBe(answers.get(file)!.label);
      expect(unsure).toBe(label === 'unsure' ? '1' : '');
    }
    const once = await run('predict', project, path.join(folder, 'new'), '--threshold', '0.5', '--json');
    expect(once.events.filter(({ label }) => label === 'unsure')).toEqual([]);

    const copy = path.join(folder, 'unsure-copy');
    cpSync(path.join(project, 'runs/r1'), copy, { recursive: true });
    expect(await predictions(copy)).toEqual(answers);

    const out = path.join(folder, 'unsure-tfjs');
    await done('export', project, '--format', 'tfjs', '--out', out);
    const readme = readFileSync(path.join(out, 'README.md'), 'utf8');
    expect(readme).toMatch(
      /otherwise the answer is \*\*unsure\*\*\. It answers \d+\.\d% of the 40 validation pictures\. Of the answers of each class at most 20\.0%/,
    );
    expect(readme).toContain('predict pictures of another kind, too, without noticing');
    symlinkSync(path.join(ROOT, 'node_modules'), path.join(out, 'node_modules'));
    const files = [...answers.keys()];
    const { stdout } = await promisify(execFile)(process.execPath, ['predict.js', ...files], {
      cwd: out,
      env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '2' },
    });
    const said = stdout.trim().split('\n').slice(-files.length);
    expect(said.map((line) => line.split('\t')[1])).toEqual(files.map((file) => answers.get(file)!.label));
  });

  it('stays the same for every picture when the run is calibrated or the classes are swapped', async () => {
    const labels = async (): Promise<string[]> =>
      [...(await predictions()).values()].map(({ label }) => label);
    const before = await labels();
    await done('calibrate', project, '--apply');
    expect(await labels()).toEqual(before);
    await run('labels', project, '--swap');
    expect(await labels()).toEqual(before);
    await run('labels', project, '--swap');
    await done('calibrate', project, '--reset');
    await done('unsure', project, '--reset');
    expect(await labels()).not.toContain('unsure');
  });
});

describe('a picture that is unlike all labelled ones', () => {
  it('is flagged by predict once the labelled pictures are indexed', async () => {
    const photograph = path.join(ROOT, 'test/reference/pictures/jpeg-444.jpg');
    const [known] = readdirSync(path.join(folder, 'new', 'smileys')).sort();
    const files = [photograph, path.join(folder, 'new', 'smileys', known!)];
    const noted = async (): Promise<unknown[]> =>
      (await run('predict', project, ...files, '--json')).events
        .filter(({ event }) => event === 'prediction')
        .map(({ unlike }) => unlike);
    // Only the features of the recipe's own base can be compared with the index.
    await done('train', project, '--units', '16', '--no-augment', '--epochs', '1');
    await done('index', project);
    expect(await noted()).toEqual([true, false]);
    const { stdout } = await run('predict', project, ...files);
    expect(stdout).toMatch(/jpeg-444\.jpg .*unlike anything labelled\n/);
    expect(stdout).toContain('1 picture is unlike anything labelled');
  });
});
