import type { RunningJob } from '../training/supervisor.ts';
import type { Job } from '../../shared/jobs.ts';
import type { Output } from './output.ts';

/**
 * Ctrl-C while a job runs: the first one asks it to end well (`gentle`), a second one ends it at once. What was saved
 * stays in both cases.
 *
 * @returns what the job gives; afterwards Ctrl-C means what it did before
 */
export async function withInterrupt<J extends Job, T>(
  job: RunningJob<J>,
  gentle: 'stop' | 'cancel',
  output: Output,
  result: Promise<T>,
): Promise<T> {
  let asked = false;
  const onSignal = (): void => {
    if (asked) {
      job.kill();
      return;
    }
    asked = true;
    job[gentle]();
    const what = gentle === 'stop' ? 'Stopping after this batch and keeping the best epoch' : 'Cancelling';
    output.note(`${what}. Press Ctrl-C again to stop at once.`);
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  try {
    return await result;
  } finally {
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  }
}
