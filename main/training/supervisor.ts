import { randomUUID } from 'node:crypto';
import { TwofoldError } from '../../shared/errors.ts';
import type {
  Job,
  JobCommand,
  JobEvent,
  JobMessage,
  JobPicture,
  JobResult,
  ResultOf,
} from '../../shared/jobs.ts';
import { inTurns } from '../support/in-turns.ts';

/** Pictures a message: some 5 ms, in which the sender copies them and answers nobody. */
const AT_ONCE = 2000;

/** What a person knows a process by. */
const PROCESSES: Record<Job['kind'], string> = {
  train: 'The training process',
  evaluate: 'The process that evaluates',
  predict: 'The process that predicts',
  features: 'The process that computes features',
  index: 'The process that indexes pictures',
  'write-export': 'The process that writes the export',
  'verify-export': 'The process that checks the export',
  'write-folders': 'The process that copies pictures',
};

/** A process that runs one job: a child of Node on the command line, a utilityProcess in the app. */
export interface JobProcess {
  send(command: JobCommand): void;
  onMessage(listener: (message: JobMessage) => void): void;
  /** Called once, when the process is gone. `reason` says how, in words (`exit code 1`, `signal SIGKILL`). */
  onExit(listener: (reason: string) => void): void;
  kill(): void;
}

/** A job under way. */
export interface RunningJob<J extends Job> {
  /** Rejects with a TwofoldError: the job's own, or `crashed` when its process ended without a word. */
  readonly result: Promise<ResultOf<J>>;
  pause(): void;
  resume(): void;
  /** Ends after this batch and keeps the best epoch. */
  stop(): void;
  /** Gives the job up after this batch. */
  cancel(): void;
  /** Ends the process at once. What was saved stays. */
  kill(): void;
}

/**
 * Starts a job in a fresh process and watches over it. One job has one process, so that what a native library leaks or
 * breaks ends with it.
 */
export function startJob<J extends Job>(
  spawn: () => JobProcess,
  job: J,
  onEvent: (event: JobEvent) => void = () => undefined,
): RunningJob<J> {
  const jobId = randomUUID();
  const child = spawn();
  let killed = false;
  // What is wished for before the job is there whole waits for it.
  const command = (type: 'pause' | 'resume' | 'stop' | 'cancel') => () =>
    void sent.then(() => child.send({ type, jobId }));

  const result = new Promise<ResultOf<J>>((resolve, reject) => {
    child.onMessage((message) => {
      if (message.jobId !== jobId) return;
      switch (message.type) {
        case 'event':
          onEvent(message.event);
          break;
        case 'done':
          resolve(expectResult(message.result, job));
          break;
        case 'failed':
          reject(new TwofoldError(message.error.code, message.error.message));
          break;
      }
    });
    child.onExit((reason) => {
      if (killed)
        reject(new TwofoldError('cancelled', 'Stopped at once. Everything that was saved is still there.'));
      reject(
        new TwofoldError(
          'crashed',
          `${PROCESSES[job.kind]} ended unexpectedly (${reason}). Labels and everything saved are unharmed. ` +
            (job.kind === 'train'
              ? 'If memory ran out, close other programs or choose a smaller batch; then resume from the last checkpoint.'
              : 'If memory ran out, close other programs and try again.'),
        ),
      );
    });
  });
  const sent = sendJob(child, jobId, job);
  return {
    result,
    pause: command('pause'),
    resume: command('resume'),
    stop: command('stop'),
    cancel: command('cancel'),
    kill: () => {
      killed = true;
      child.kill();
    },
  };
}

async function sendJob(child: JobProcess, jobId: string, job: Job): Promise<void> {
  if (!('pictures' in job)) {
    child.send({ type: 'start', jobId, job });
    return;
  }
  for await (const pictures of inTurns<JobPicture>(job.pictures, AT_ONCE)) {
    child.send({ type: 'pictures', jobId, pictures });
  }
  child.send({ type: 'start', jobId, job: { ...job, pictures: [] } });
}

function expectResult<J extends Job>(result: JobResult, job: J): ResultOf<J> {
  if (result.kind !== job.kind) {
    throw new TwofoldError('internal', `Asked for ${job.kind}, but received the result of ${result.kind}.`);
  }
  return result as ResultOf<J>;
}
