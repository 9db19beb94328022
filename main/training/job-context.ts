import type { JobEvent } from '../../shared/jobs.ts';
import type { JobControl } from './control.ts';

/** What a job gets from its process. */
export interface JobContext {
  control: JobControl;
  emit: (event: JobEvent) => void;
}
