import { formatCount, formatInterval, formatPercent } from '../../shared/format.ts';
import { wilson } from '../../shared/metrics.ts';
import {
  gapSentence,
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
 * Shows a run's accuracy on training, validation and test set from stored predictions, the overfitting gap, and what training
 * reported, for people. Nothing if the run has no kept epoch.
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
  if (sets.length > 0) {
    const rows = sets.map(({ set, pictures, labelled, accuracy }) => [
      NAMES[set],
      pictures < labelled ? `${formatCount(pictures)} of ${formatCount(labelled)}` : formatCount(pictures),
      accuracy ? formatInterval(accuracy) : '–',
    ]);
    output.line();
    output.line(table(['', 'pictures', 'accuracy'], rows));
    output.line(gapSentence(sets));
    const calibration = run.temperature === 1 ? '' : `, temperature ${run.temperature.toFixed(2)}`;
    output.line(
      `All rows: stored predictions, current labels, threshold ${statedThreshold(threshold)}${calibration}.`,
    );
    if (unpredictedTraining(sets) > 0)
      output.line(`Predict the training pictures for it: twofold predict PROJECT --run ${id} --all`);
  }
  output.line(reportSentence(reported));
}
