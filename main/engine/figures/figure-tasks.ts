import type { CommonAccuracy, RunPredictions } from '../../../shared/library/runs.ts';
import type { MetricIntervals } from '../../../shared/metrics.ts';
import type { SetAccuracy } from '../../../shared/overfitting-gap.ts';
import type { OutOfFoldLogits, RunCalibration } from '../../../shared/reliability.ts';
import type { RunComparison } from '../../../shared/run-comparison.ts';
import type { EvaluatedSet, Split } from '../../../shared/split.ts';
import type { UnsureProposal } from '../../../shared/unsure.ts';
import type { Project } from '../../library/folder.ts';
import { commonAccuracy } from '../../library/runs/common-accuracy.ts';
import { listPredictions } from '../../library/runs/predictions.ts';
import { getRun } from '../../library/runs/runs.ts';
import { outOfFoldLogits, runCalibration } from '../calibrate.ts';
import { compareRuns } from '../compare-runs.ts';
import { chooseRun } from '../evaluate.ts';
import { knownIntervals, setAccuracies } from '../known-evaluation.ts';
import { knownOutOfFold } from '../out-of-fold.ts';
import { proposeUnsure } from '../unsure.ts';

/** Figures from stored predictions and the current labels; `run` is an id. */
export type FigureTask =
  | { kind: 'predictions'; run: string; on: Split }
  | { kind: 'intervals'; run: string; on: EvaluatedSet; threshold: number }
  | { kind: 'sets'; run: string; threshold: number }
  | { kind: 'outOfFold'; run: string }
  | { kind: 'calibration'; run: string }
  | { kind: 'unsure'; run: string; on: EvaluatedSet; risk: number }
  | { kind: 'compare'; runs: readonly string[] }
  | { kind: 'versus'; first: string; second: string };

export interface FigureAnswers {
  predictions: RunPredictions;
  intervals: MetricIntervals | null;
  sets: SetAccuracy[];
  outOfFold: OutOfFoldLogits | null;
  calibration: RunCalibration;
  unsure: UnsureProposal;
  compare: CommonAccuracy;
  versus: RunComparison;
}
export type FigureAnswer = FigureAnswers[keyof FigureAnswers];

/** @throws TwofoldError `not-found` for a run that does not exist; the errors of the functions that compute it */
export async function computeFigure(project: Project, task: FigureTask): Promise<FigureAnswer> {
  const { db } = project;
  switch (task.kind) {
    case 'predictions':
      return listPredictions(db, task.run, task.on);
    case 'intervals':
      return knownIntervals(db, task.run, task.on, task.threshold);
    case 'sets':
      return setAccuracies(db, task.run, task.threshold);
    case 'outOfFold': {
      const known = await knownOutOfFold(project, chooseRun(project, task.run), 'as-run');
      return (
        known && {
          ids: Uint32Array.from(known.pictures, ({ id }) => id),
          logits: Float64Array.from(known.logits),
        }
      );
    }
    case 'calibration': {
      const run = chooseRun(project, task.run);
      return runCalibration(db, run, await outOfFoldLogits(project, run));
    }
    case 'unsure':
      return proposeUnsure(db, chooseRun(project, task.run), task);
    case 'compare':
      return commonAccuracy(db, task.runs);
    case 'versus':
      return compareRuns(db, getRun(db, task.first), getRun(db, task.second));
  }
}
