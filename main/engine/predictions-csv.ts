import type { Prediction } from '../../shared/jobs.ts';
import { classAt } from '../../shared/metrics.ts';
import { statedThreshold } from '../../shared/swap.ts';
import { toCsv } from '../files/csv.ts';

export interface PredictionRow {
  path: string;
  /** Name of the predicted class; empty if the picture could not be read. */
  label: string;
  /** Of class 1. */
  probability: number | null;
  error: string;
  threshold: number;
}

/** Predictions as rows with the predicted class at a threshold, which every row states. */
export function predictionRows(
  predictions: readonly Prediction[],
  classes: readonly [string, string],
  threshold: number,
): PredictionRow[] {
  return predictions.map(({ path, probability, error }) => ({
    path,
    label: probability === null ? '' : classes[classAt(probability, threshold)],
    probability,
    error: error ?? '',
    threshold: statedThreshold(threshold),
  }));
}

export const predictionsCsv = (rows: readonly PredictionRow[]): string =>
  toCsv(rows, ['path', 'label', 'probability', 'error', 'threshold']);
