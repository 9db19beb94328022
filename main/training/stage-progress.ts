import type { JobEvent, Stage } from '../../shared/jobs.ts';
import { ProgressMeter } from '../../shared/progress.ts';

/** Measures one stage of a job and reports it. */
export function stageProgress(stage: Stage, total: number, emit: (event: JobEvent) => void): ProgressMeter {
  return new ProgressMeter(total, ({ perSecond, ...progress }) =>
    emit({ type: 'progress', stage, picturesPerSecond: perSecond, ...progress }),
  );
}
