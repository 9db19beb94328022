import type { JobEvent } from '../../shared/jobs/messages.ts';
import { printable } from './format.ts';
import type { Output } from './output.ts';

/**
 * Shows the events that every kind of job has: progress and skipped pictures.
 *
 * @param of names the current one of several jobs, for people
 */
export function showJob(output: Output, of = () => ''): (event: JobEvent) => void {
  return (event) => {
    if (event.type === 'progress') {
      output.progress(event.stage, event, of());
    } else if (event.type === 'left-out') {
      output.event('left-out', event.leftOut);
      output.note(`Skipped ${printable(event.leftOut.path)}: ${event.leftOut.message}`);
    } else if (event.type === 'paused' || event.type === 'resumed') {
      output.event(event.type);
    }
  };
}
