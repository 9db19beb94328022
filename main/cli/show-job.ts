import type { JobEvent } from '../../shared/jobs.ts';
import { printable } from './format.ts';
import type { Output } from './output.ts';

/**
 * Shows what every kind of job reports: progress and pictures left out.
 *
 * @param of in words, which of several jobs it is now; default: there is but one
 */
export function showJob(output: Output, of = () => ''): (event: JobEvent) => void {
  return (event) => {
    if (event.type === 'progress') {
      output.progress(event.stage, event, of());
    } else if (event.type === 'left-out') {
      output.event('left-out', event.leftOut);
      output.note(`Left out ${printable(event.leftOut.path)}: ${event.leftOut.message}`);
    } else if (event.type === 'paused' || event.type === 'resumed') {
      output.event(event.type);
    }
  };
}
