import { readdir, stat, writeFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { ExportCheck, ExportFormatId } from '../../../shared/contract/export.ts';
import type { ModelFormat } from '../../../shared/jobs/export.ts';
import type { TestEvaluation } from '../../../shared/library/runs.ts';
import type { Evaluation, Interval, MetricIntervals } from '../../../shared/metrics.ts';
import type { SetAccuracy, TrainingReport } from '../../../shared/overfitting-gap.ts';
import type { UnsureRule } from '../../../shared/unsure.ts';
import type { Recipe } from '../../../shared/recipe.ts';
import type { RunFile } from '../../training/run-folder.ts';
import { CARD_FILE, CARD_FORMAT } from '../../files/export-marks.ts';
import type { KernelBits } from '../../../shared/kernel-bits.ts';
import { VERSION } from '../../support/version.ts';

export interface FileInfo {
  /** Below the export's folder, with `/`. */
  name: string;
  sizeBytes: number;
}

/** The fields of every export's `card.json`. */
export interface BaseCard {
  format: typeof CARD_FORMAT;
  version: 1;
  export: ExportFormatId | 'all';
  /** ISO 8601. */
  createdAt: string;
  twofold: string;
  /** The first is class 0, the second class 1. */
  classes: readonly [string, string];
}

/** The model card, for programs: input, output, metrics and how the model was made. */
export interface ModelCard extends BaseCard {
  export: ModelFormat;
  input: {
    name: string;
    /** null: any number of pictures. */
    shape: readonly (number | null)[];
    dtype: 'float32';
    range: readonly [0, 1];
    colour: 'RGB';
    scaling: 'pixel / 255';
    /** Height and width in pixels; pictures are stretched to it. */
    size: number;
    resize: Recipe['resize'];
    /** Bits that 16-bit pictures use; if fewer than 16, samples are multiplied by 2 ** (16 - bits16). */
    bits16: Recipe['bits16'];
  };
  output: { name: string; shape: readonly (number | null)[]; meaning: string };
  /** A probability above it is class 1. */
  threshold: number;
  /**
   * When a picture is left unanswered, instead of the threshold; null: never. `guarantee` says what holds of the answers.
   */
  unsure: (UnsureRule & { guarantee: string }) | null;
  /** Which probability means which class, as a sentence. */
  rule: string;
  /** Of the calibration; kernel and bias of the last layer are divided by it already. 1: not calibrated. */
  temperature: number;
  /** On the validation set, with 95% Wilson intervals; null without one. */
  metrics: Evaluation | null;
  /** 95% bootstrap confidence intervals of metrics that are not proportions; null if there is no validation set. */
  intervals: MetricIntervals | null;
  /** On the test set; null if not evaluated. */
  test: TestEvaluation | null;
  /** The same of the test set; null where it was not evaluated, or has changed since. */
  testIntervals: MetricIntervals | null;
  /** On each set, from stored predictions at the threshold, with the current labels. */
  accuracies: readonly SetAccuracy[];
  /** Training minus validation accuracy of `accuracies`, -1..1; null if training pictures have not been predicted. */
  overfittingGap: Interval | null;
  /** The kept epoch as reported in training; null if unknown. */
  reported: TrainingReport | null;
  data: RunFile['counts'];
  training: { run: string | null; trainedAt: string; bestEpoch: number; epochs: number; recipe: Recipe };
  weights: RunFile['weights'] & { title: string; licence: string };
  bits: KernelBits;
  /** The export compared with the app on the project's pictures; if null, `unchecked` says why. */
  check: ExportCheck | null;
  unchecked: string | null;
  versions: Record<string, string>;
  files: readonly FileInfo[];
}

/** The fields that all cards share. */
export function baseCard(format: ExportFormatId | 'all', classes: readonly [string, string]): BaseCard {
  return {
    format: CARD_FORMAT,
    version: 1,
    export: format,
    createdAt: new Date().toISOString(),
    twofold: VERSION,
    classes,
  };
}

export async function writeCard(folder: string, card: BaseCard): Promise<void> {
  await writeFile(join(folder, CARD_FILE), `${JSON.stringify(card, null, 2)}\n`);
}

/** All files below a folder with their sizes, sorted by name. */
export async function listFiles(folder: string): Promise<FileInfo[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => !entry.isDirectory());
  const infos = await Promise.all(
    files.map(async (entry): Promise<FileInfo> => {
      const path = join(entry.parentPath, entry.name);
      return {
        name: relative(folder, path).split(sep).join('/'),
        sizeBytes: (await stat(path)).size,
      };
    }),
  );
  return infos.sort((a, b) => (a.name < b.name ? -1 : 1));
}
