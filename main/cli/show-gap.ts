import { formatInterval, formatPercent } from '../../shared/format.ts';
import { wilson, type Evaluation } from '../../shared/metrics.ts';
import { overfittingGap, type OverfittingGap } from '../../shared/overfitting-gap.ts';
import type { Split } from '../../shared/split.ts';
import { testAsTrained } from '../engine/known-evaluation.ts';
import type { Project } from '../library/folder.ts';
import { getRunPictures } from '../library/runs/predictions.ts';
import { getEpochs, getRun } from '../library/runs/runs.ts';
import { table } from './format.ts';
import type { Output } from './output.ts';

/** Accuracy of a run when it was trained, with its Wilson interval where the number of pictures is known. */
export function formatAccuracy(accuracy: number, pictures: number | null): string {
  const interval = pictures === null ? null : wilson(Math.round(accuracy * pictures), pictures);
  return interval ? formatInterval({ ...interval, value: accuracy }) : formatPercent(accuracy);
}

/** Training, validation and test side by side, and the overfitting gap, for people. */
export function showGap(
  gap: OverfittingGap,
  counts: { train: number | null; validation: number | null },
  test: Evaluation | null,
  output: Output,
): void {
  const { epoch, training, validation, accuracy } = gap;
  const rows = [
    ['training', counts.train ?? '–', formatPercent(training.accuracy), training.loss.toFixed(4)],
    [
      'validation',
      counts.validation ?? '–',
      formatAccuracy(validation.accuracy, counts.validation),
      validation.loss.toFixed(4),
    ],
    ...(test ? [['test', test.count, formatInterval(test.accuracy), test.loss.toFixed(4)]] : []),
  ];
  output.line();
  output.line(table([`epoch ${epoch}`, 'pictures', 'accuracy', 'loss'], rows));
  output.line(
    `Overfitting gap: ${(accuracy * 100).toFixed(1)} percentage points, training minus validation accuracy. Training figures are means over the epoch, with dropout and augmentation.`,
  );
  output.line(
    `All at a threshold of 50.0% and without calibration. Training and validation accuracy were computed in training, with the labels of that time${test ? '; test accuracy uses the current labels' : ''}.`,
  );
}

/** `showGap` for a stored run; nothing if it has no kept epoch. */
export function showRunGap({ db }: Project, id: string, output: Output): void {
  const run = getRun(db, id);
  const gap = overfittingGap(run, getEpochs(db, id));
  if (!gap) return;
  const sides = getRunPictures(db, id).map(({ split }) => split);
  const count = (side: Split): number | null => sides.filter((split) => split === side).length || null;
  const counts = { train: count('train'), validation: count('validation') };
  showGap(gap, counts, run.test && testAsTrained(db, run), output);
}
