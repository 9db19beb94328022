import type { TrainResult } from '../../../shared/jobs.ts';
import type { JsonValue } from '../../../shared/library.ts';
import { swapCounts, swapEvaluation } from '../../../shared/swap.ts';

/** What the end of a run said, with the other class as class 1; what is none of that stays as it is. */
export function swapMetrics(metrics: JsonValue): JsonValue {
  if (typeof metrics !== 'object' || metrics === null || !('evaluation' in metrics)) return metrics;
  const { evaluation, counts, ...rest } = metrics as unknown as Pick<TrainResult, 'evaluation' | 'counts'>;
  return {
    ...rest,
    evaluation: swapEvaluation(evaluation),
    counts: swapCounts(counts),
  } as unknown as JsonValue;
}
