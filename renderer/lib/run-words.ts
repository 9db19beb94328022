import type { RunInfo } from '../../shared/contract/train.ts';
import type { TrainResult } from '../../shared/jobs/train.ts';
import type { RunStatus } from '../../shared/library/runs.ts';

/** What the end of a run said; what is kept with it. */
export type RunMetrics = Omit<TrainResult, 'scores' | 'kind'>;

/** @returns null for runs that ended before there was anything to say */
export function metricsOf({ metrics }: RunInfo): RunMetrics | null {
  const isWhole = typeof metrics === 'object' && metrics !== null && 'evaluation' in metrics;
  return isWhole ? (metrics as unknown as RunMetrics) : null;
}

/** Validation pictures that the run predicted wrongly when it ended; null where it is not known. */
export function wrongCount(run: RunInfo): number | null {
  const confusion = metricsOf(run)?.evaluation.confusion;
  return confusion ? confusion[0][1] + confusion[1][0] : null;
}

export const STATUS_WORDS: Record<RunStatus, string> = {
  running: 'training',
  done: 'done',
  stopped: 'stopped',
  failed: 'failed',
  crashed: 'interrupted',
};
