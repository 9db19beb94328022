import type { Prediction } from '../../shared/jobs/predict.ts';
import { answerAt, UNSURE, type UnsureRule } from '../../shared/unsure.ts';
import { statedThreshold } from '../../shared/swap.ts';
import { toCsv } from '../files/csv.ts';

export interface PredictionRow {
  path: string;
  /** Name of the predicted class, or `unsure`; empty if the picture could not be read. */
  label: string;
  /** Of class 1. */
  probability: number | null;
  error: string;
  threshold: number;
  /** Whether it is unlike every labelled picture; null if unknown. */
  unlike: boolean | null;
  /** Whether the run's rule leaves it unanswered. */
  unsure: boolean;
}

/** Predictions as rows, with the predicted class at a threshold, which is repeated in every row. */
export function predictionRows(
  predictions: readonly Prediction[],
  classes: readonly [string, string],
  { threshold, unsure }: { threshold: number; unsure: UnsureRule | null },
): PredictionRow[] {
  return predictions.map(({ path, probability, error, unlike = null }) => {
    const answer = probability === null ? null : answerAt(probability, threshold, unsure);
    return {
      path,
      label: probability === null ? '' : answer === null ? UNSURE : classes[answer],
      probability,
      error: error ?? '',
      threshold: statedThreshold(threshold),
      unsure: probability !== null && answer === null,
      unlike,
    };
  });
}

export const predictionsCsv = (rows: readonly PredictionRow[]): string =>
  toCsv(rows, ['path', 'label', 'probability', 'error', 'threshold', 'unsure', 'unlike']);
