import { formatCount, formatInterval, formatPercent } from '../../shared/format.ts';
import { wilson } from '../../shared/metrics.ts';
import {
  gapSentence,
  overfittingGap,
  reportSentence,
  trainingReport,
  unpredictedTraining,
} from '../../shared/overfitting-gap.ts';
import { statedThreshold } from '../../shared/swap.ts';
import { setAccuracies } from '../engine/known-evaluation.ts';
import { modelView } from '../engine/model-view.ts';
import type { Project } from '../library/folder.ts';
import { getEpochs, getRun } from '../library/runs/runs.ts';
import { table } from './format.ts';
import type { Output } from './output.ts';

const NAMES = { train: 'training', validation: 'validation', test: 'test' } as const;

/** Accuracy of a run when it was trained, with its Wilson interval where the number of pictures is known. */
export function formatAccuracy(accuracy: number, pictures: number | null): string {
  const interval = pictures === null ? null : wilson(Math.round(accuracy * pictures), pictures);
  return interval ? formatInterval({ ...interval, value: accuracy }) : formatPercent(accuracy);
}

/**
 * Shows what training reported and, where there is more than the validation set, its accuracy on all sets and the
 * overfitting gap, for people. Nothing if the run has no kept epoch.
 *
 * @param threshold default: the project's
 */
export function showGap(
  { db }: Project,
  id: string,
  output: Output,
  threshold: number = modelView(db).threshold,
): void {
  const run = getRun(db, id);
  const reported = trainingReport(run, getEpochs(db, id));
  if (!reported) return;
  const sets = setAccuracies(db, id, threshold);
  const gap = overfittingGap(sets);
  if (gap || sets.some(({ set }) => set === 'test')) {
    const missing = unpredictedTraining(sets);
    const rows = sets.map(({ set, pictures, labelled, accuracy }) => [
      NAMES[set],
      pictures < labelled ? `${formatCount(pictures)} of ${formatCount(labelled)}` : formatCount(pictures),
      accuracy ? formatInterval(accuracy) : '–',
    ]);
    output.line();
    output.line(table(['', 'pictures', 'accuracy'], rows));
    if (gap) output.line(gapSentence(sets));
    const calibration = run.temperature === 1 ? '' : `, temperature ${run.temperature.toFixed(2)}`;
    output.line(
      `All rows: stored predictions, current labels, threshold ${statedThreshold(threshold)}${calibration}.`,
    );
    if (gap && missing > 0) output.line(`To predict the others: twofold predict PROJECT --run ${id} --all`);
  }
  output.line(reportSentence(reported));
  if (!gap)
    output.line(
      `For the gap without dropout and augmentation, predict all pictures: twofold predict PROJECT --run ${id} --all`,
    );
}
