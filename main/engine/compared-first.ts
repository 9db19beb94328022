import type { DuplicatesJob } from '../../shared/jobs/duplicates.ts';
import type { Job } from '../../shared/jobs/job.ts';
import type { TrainJob } from '../../shared/jobs/train.ts';
import { throwIfCancelled } from '../support/cancelled.ts';
import type { RunningJob } from '../training/supervisor.ts';

/**
 * A comparison of pictures followed by the training, as one job: commands apply to whichever is running. Stopping
 * during the comparison ends the job as `cancelled`, since nothing has been trained yet.
 *
 * @param train starts the training once the comparison is done
 */
export function comparedFirst(
  comparing: RunningJob<DuplicatesJob>,
  train: () => Promise<RunningJob<TrainJob>>,
): RunningJob<TrainJob> {
  let training: RunningJob<TrainJob> | null = null;
  const ended = new AbortController();
  const current = (): Pick<RunningJob<Job>, 'pause' | 'resume' | 'kill'> => training ?? comparing;
  const end = (): void => {
    ended.abort();
    current().kill();
  };
  const start = async (): Promise<Awaited<RunningJob<TrainJob>['result']>> => {
    await comparing.result;
    throwIfCancelled(ended.signal);
    training = await train();
    // The job was ended while the split was being decided.
    if (ended.signal.aborted) training.kill();
    return training.result;
  };
  return {
    result: start(),
    pause: () => current().pause(),
    resume: () => current().resume(),
    stop: () => (training ? training.stop() : end()),
    kill: end,
  };
}
