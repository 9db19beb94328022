import { evaluate, logit, type Evaluation, type Scored } from '../../shared/metrics.ts';
import { trainingSet } from '../library/pictures/pictures.ts';
import { getRunPictures } from '../library/runs/predictions.ts';
import type { Db } from '../library/database/sql.ts';

/**
 * Evaluates a run on its validation set from its stored probabilities and the current labels, as Review does. Files may be
 * missing.
 *
 * @returns null if none of these pictures is labelled
 */
export function knownEvaluation(db: Db, runId: string, threshold: number): Evaluation | null {
  const labels = new Map(trainingSet(db).map(({ id, label }) => [id, label]));
  const scored = getRunPictures(db, runId).flatMap(({ id, split, probability }): Scored[] => {
    const label = labels.get(id);
    return split === 'validation' && probability !== null && label !== undefined
      ? [{ probability, label }]
      : [];
  });
  if (scored.length === 0) return null;
  return evaluate(
    scored,
    scored.map(({ probability }) => logit(probability)),
    threshold,
  );
}
