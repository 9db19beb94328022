import type { RunningJob } from '../training/supervisor.ts';
import type { Job } from '../../shared/jobs.ts';
import type { Output } from './output.ts';

/**
 * Calls `listener` on Ctrl-C (or SIGTERM), and once when nobody reads the output any more (`| head`), which means the
 * same: enough.
 *
 * @returns takes the listener away: Ctrl-C means what it did before
 */
export function onInterrupt(output: Output, listener: () => void): () => void {
  let called = false;
  const onSignal = (): void => {
    called = true;
    listener();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  // Ctrl-C ends what reads the output too (`| tee log`): that does not count as a second one.
  const forgetReader = output.onReaderGone(() => {
    if (!called) onSignal();
  });
  return () => {
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
    forgetReader();
  };
}

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
  const forget = onInterrupt(output, onSignal);
  try {
    return await result;
  } finally {
    forget();
  }
}
