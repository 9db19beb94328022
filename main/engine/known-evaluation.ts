import type { SetAccuracy } from '../../shared/overfitting-gap.ts';
import { SPLITS, type Split } from '../../shared/split.ts';
import {
  classAt,
  evaluate,
  logit,
  wilson,
  type Evaluation,
  type MetricIntervals,
  type Scored,
} from '../../shared/metrics.ts';
import { metricIntervals } from '../insight/metric-intervals.ts';
import { labelledOfRun } from '../library/runs/predictions.ts';
import type { Db } from '../library/database/sql.ts';

/** A labelled picture with the probability that a run gave it. */
export interface KnownScore extends Scored {
  id: number;
}

/** A run's stored probabilities on a set, with the current labels. Files may be missing. */
export function knownScores(db: Db, runId: string, on: Split = 'validation'): KnownScore[] {
  return labelledOfRun(db, runId, on).flatMap(({ probability, ...rest }) =>
    probability === null ? [] : [{ probability, ...rest }],
  );
}

/** Evaluates probabilities, whose logits give the loss. */
export function evaluateScored(scored: readonly Scored[], threshold: number): Evaluation {
  return evaluate(
    scored,
    scored.map(({ probability }) => logit(probability)),
    threshold,
  );
}

/**
 * Evaluates a run on its validation set from its stored probabilities and the current labels, as Review does.
 *
 * @returns null if none of these pictures is labelled
 */
export function knownEvaluation(db: Db, runId: string, threshold: number): Evaluation | null {
  const scored = knownScores(db, runId);
  if (scored.length === 0) return null;
  return evaluateScored(scored, threshold);
}

/** Accuracy of a run on each of its sets at one threshold. A set without labelled pictures is not among them. */
export function setAccuracies(db: Db, runId: string, threshold: number): SetAccuracy[] {
  return SPLITS.flatMap((set): SetAccuracy[] => {
    const labelled = labelledOfRun(db, runId, set);
    if (labelled.length === 0) return [];
    const scored = labelled.filter(({ probability }) => probability !== null);
    const right = scored.filter(({ probability, label }) => classAt(probability!, threshold) === label);
    const accuracy = wilson(right.length, scored.length);
    return [{ set, accuracy, pictures: scored.length, labelled: labelled.length }];
  });
}

/** Bootstrap intervals of the same evaluation, with seed 1. @returns null if none of these pictures is labelled */
export async function knownIntervals(
  db: Db,
  runId: string,
  on: Split,
  threshold: number,
): Promise<MetricIntervals | null> {
  const scored = knownScores(db, runId, on);
  return scored.length === 0 ? null : metricIntervals(scored, { threshold });
}
