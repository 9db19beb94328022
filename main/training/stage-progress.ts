import type { JobEvent, Stage } from '../../shared/jobs/messages.ts';
import { ProgressMeter } from '../../shared/progress.ts';

/** Measures and reports the progress of one stage of a job. */
export function stageProgress(stage: Stage, total: number, emit: (event: JobEvent) => void): ProgressMeter {
  return new ProgressMeter(total, (progress) => emit({ type: 'progress', stage, ...progress }));
}
