import type { JobEvent } from '../../shared/jobs/messages.ts';
import type { JobControl } from './control.ts';

/** Control and events of a job. */
export interface JobContext {
  control: JobControl;
  emit: (event: JobEvent) => void;
}
