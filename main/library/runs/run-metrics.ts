import type { TrainResult } from '../../../shared/jobs/train.ts';
import type { JsonValue } from '../../../shared/library/runs.ts';
import { swapCounts, swapEvaluation } from '../../../shared/swap.ts';

/** A run's metrics with the classes swapped; metrics of another shape are returned unchanged. */
export function swapMetrics(metrics: JsonValue): JsonValue {
  if (typeof metrics !== 'object' || metrics === null || !('evaluation' in metrics)) return metrics;
  const { evaluation, counts, ...rest } = metrics as unknown as Pick<TrainResult, 'evaluation' | 'counts'>;
  return {
    ...rest,
    evaluation: swapEvaluation(evaluation),
    counts: swapCounts(counts),
  } as unknown as JsonValue;
}
