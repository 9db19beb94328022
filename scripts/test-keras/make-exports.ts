import { cpSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { runOrThrow } from '../setup/child.ts';
import type { Progress } from '../setup/progress.ts';
import { ROOT } from '../setup/step.ts';

const BIN = join(ROOT, 'scripts', 'twofold.mjs');
const PICTURES_A_CLASS = 30;

/** A run that was trained and exported through the command line. */
export interface ExportedRun {
  name: string;
  /** Folder with every format, each in its own folder. */
  exports: string;
  /** The app's predictions: path and probability of class 1. */
  predictions: [string, number][];
  dropout: number;
  units: number[];
  cut: string;
  learningRate: number;
}

/** The tutorial's model, and others that differ in cut layer, input size, hidden layers and dropout. */
const RUNS: { name: string; flags: string[]; isCalibrated?: true }[] = [
  { name: 'the tutorial’s model', flags: ['--epochs', '1'] },
  {
    name: 'mixed3 at 100, no dropout, two hidden layers',
    flags: ['--cut', 'mixed3', '--size', '100', '--dropout', '0', '--units', '24,8', '--epochs', '2'],
  },
  {
    name: 'mixed0 at 75, calibrated by a temperature',
    // Trained little, so that there are errors to fit a temperature to.
    flags: [
      ...['--cut', 'mixed0', '--size', '75', '--units', '16', '--epochs', '2'],
      ...['--learning-rate', '0.00003', '--validation-fraction', '0.5'],
    ],
    isCalibrated: true,
  },
  {
    name: 'mixed0 at 75, dropout 0.5',
    flags: [
      ...['--cut', 'mixed0', '--size', '75', '--dropout', '0.5', '--units', '64'],
      ...[
        '--epochs',
        '2',
        '--resize',
        'nearest',
        '--learning-rate',
        '0.00003',
        '--class-weights',
        'balanced',
      ],
    ],
  },
];

/** Trains and exports the runs on sample pictures. */
export async function makeExports(folder: string, progress: Progress): Promise<ExportedRun[]> {
  const pictures = samplePictures(join(folder, 'pictures'));
  const files = ['flags', 'smileys'].flatMap((name) =>
    readdirSync(join(pictures, name))
      .sort()
      .slice(0, 10)
      .map((file) => join(pictures, name, file)),
  );
  const runs: ExportedRun[] = [];
  for (const [index, { name, flags, isCalibrated }] of RUNS.entries()) {
    const project = join(folder, `project-${index}`);
    const exports = join(folder, `exports-${index}`);
    const csv = join(folder, `predictions-${index}.csv`);
    progress.stage(`Training and exporting ${name}`);
    await twofold('import', pictures, '--project', project);
    await twofold('train', project, ...flags, '--no-augment');
    if (isCalibrated) await twofold('calibrate', project, '--apply');
    await twofold('export', project, '--format', 'all', '--out', exports);
    await twofold('predict', project, ...files, '--csv', csv);
    const { training } = JSON.parse(readFileSync(join(exports, 'keras', 'card.json'), 'utf8')) as {
      training: { recipe: Pick<ExportedRun, 'dropout' | 'units' | 'cut' | 'learningRate'> };
    };
    const rows = parse<{ path: string; probability: string }>(readFileSync(csv), { columns: true });
    const { dropout, units, cut, learningRate } = training.recipe;
    runs.push({
      name,
      exports,
      predictions: rows.map(({ path, probability }) => [path, Number(probability)]),
      dropout,
      units,
      cut,
      learningRate,
    });
  }
  return runs;
}

function samplePictures(target: string): string {
  for (const name of ['flags', 'smileys']) {
    const source = join(ROOT, '.cache', 'samples', name);
    mkdirSync(join(target, name), { recursive: true });
    for (const file of readdirSync(source).sort().slice(0, PICTURES_A_CLASS)) {
      cpSync(join(source, file), join(target, name, file));
    }
  }
  return target;
}

const twofold = (...args: string[]): Promise<string> =>
  runOrThrow(`twofold ${args[0]} failed`, process.execPath, [BIN, ...args]);
