import { randomUUID } from 'node:crypto';
import { TwofoldError } from '../../shared/errors.ts';
import type { HeatMapQuestion } from '../../shared/jobs/heat-map.ts';
import type { Job, JobPicture, JobResult, ResultOf } from '../../shared/jobs/job.ts';
import type { JobCommand, JobEvent } from '../../shared/jobs/messages.ts';
import { throwIfCancelled } from '../support/cancelled.ts';
import { inTurns } from '../support/in-turns.ts';
import { readJobMessage } from './messages.ts';
import { ResultPages } from './result-pages.ts';

/** Pictures per message: sending them blocks this process for about 5 ms. */
const AT_ONCE = 2000;

/** The process of a cancelled job is killed if it has not ended after this time, as during one large write. */
const CANCEL_PATIENCE_MS = 5000;

const PROCESSES: Record<Job['kind'], string> = {
  train: 'The training process',
  'cross-validate': 'The training process',
  evaluate: 'The evaluation process',
  predict: 'The prediction process',
  score: 'The prediction process',
  'heat-map': 'The heat map process',
  'heat-maps': 'The heat map process',
  features: 'The feature extraction process',
  index: 'The indexing process',
  duplicates: 'The process that compares pictures',
  map: 'The process that computes the map',
  'out-of-fold': 'The process that trains the folds',
  'recipe-search': 'The process that compares features',
  'measure-speed': 'The process that measures the speed',
  'import-weights': 'The process that imports weights',
  'write-export': 'The export process',
  'verify-export': 'The process that checks the export',
  'write-folders': 'The process that copies pictures',
};

/** A process that runs one job: a child of Node on the command line, a utilityProcess in the app. */
export interface JobProcess {
  send(command: JobCommand): void;
  onMessage(listener: (message: unknown) => void): void;
  /** Calls `listener` once, when the process has ended, with the reason (`exit code 1`, `signal SIGKILL`). */
  onExit(listener: (reason: string) => void): void;
  kill(): void;
}

/** How a job is run. */
export interface JobOptions {
  spawn: () => JobProcess;
  onEvent?: ((event: JobEvent) => void) | undefined;
  /** Cancels the job after its current batch. */
  signal?: AbortSignal | undefined;
  /** Kills the process. What was saved stays. */
  killSignal?: AbortSignal | undefined;
}

/** A job that is running. */
export interface RunningJob<J extends Job> {
  /** Rejects with a TwofoldError: the job's own, `cancelled`, or `crashed` if its process ended without a result. */
  readonly result: Promise<ResultOf<J>>;
  readonly pause: () => void;
  readonly resume: () => void;
  /** Ends after this batch and keeps the best epoch. */
  readonly stop: () => void;
  /** Kills the process. What was saved stays. */
  readonly kill: () => void;
}

/** A job that answers questions while it runs. */
export interface AskedJob<J extends Job> extends RunningJob<J> {
  /** Asks in place of a question that the job has not taken up yet. */
  readonly ask: (question: HeatMapQuestion) => void;
}

/** Runs one job in a process of its own. @throws TwofoldError as `RunningJob.result` */
export async function runJob<J extends Job>(job: J, options: JobOptions): Promise<ResultOf<J>> {
  throwIfCancelled(options.signal);
  return startJob(job, options).result;
}

/** Starts a job in a new process, so that leaks and crashes of native libraries end with it. */
export function startJob<J extends Job>(
  job: J,
  { spawn, onEvent, signal, killSignal }: JobOptions,
): AskedJob<J> {
  const jobId = randomUUID();
  const child = spawn();
  let isKilled = false;
  let impatient: NodeJS.Timeout | undefined;
  const kill = (): void => {
    isKilled = true;
    child.kill();
  };
  // Commands wait until the whole job has been sent.
  const command = (type: 'pause' | 'resume' | 'stop' | 'cancel') => (): void =>
    void sent.then(() => child.send({ type, jobId }));
  const cancel = (): void => {
    command('cancel')();
    impatient = setTimeout(kill, CANCEL_PATIENCE_MS);
  };

  const pages = new ResultPages();
  const result = new Promise<ResultOf<J>>((resolve, reject) => {
    const receive = (received: unknown): void => {
      const message = readJobMessage(received);
      if (message.jobId !== jobId) return;
      if (message.type === 'event') {
        onEvent?.(message.event);
        return;
      }
      if (message.type === 'page') {
        pages.add(message.page);
        return;
      }
      // The process ends once it knows that its last message has arrived.
      child.send({ type: 'received', jobId });
      if (message.type === 'done') resolve(expectResult(pages.complete(message.result), job));
      else reject(new TwofoldError(message.error.code, message.error.message));
    };
    child.onMessage((message) => {
      try {
        receive(message);
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)));
        kill();
      }
    });
    child.onExit((reason) => reject(isKilled ? killed() : crashed(job, reason)));
  }).finally(() => {
    clearTimeout(impatient);
    signal?.removeEventListener('abort', cancel);
    killSignal?.removeEventListener('abort', kill);
  });
  const sent = sendJob(child, jobId, job);
  signal?.addEventListener('abort', cancel, { once: true });
  killSignal?.addEventListener('abort', kill, { once: true });
  return {
    result,
    pause: command('pause'),
    resume: command('resume'),
    stop: command('stop'),
    ask: (question) => void sent.then(() => child.send({ type: 'ask', jobId, question })),
    kill,
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
  if (result.kind === job.kind) return result as ResultOf<J>;
  throw new TwofoldError('internal', `Expected the result of ${job.kind}, received that of ${result.kind}.`);
}

const killed = (): TwofoldError =>
  new TwofoldError('cancelled', 'Stopped. Everything that was saved is kept.');

function crashed({ kind }: Job, reason: string): TwofoldError {
  const next =
    kind === 'train'
      ? 'If memory ran out, close other programs or choose a smaller batch size, then resume the run.'
      : 'If memory ran out, close other programs and try again.';
  return new TwofoldError(
    'crashed',
    `${PROCESSES[kind]} ended unexpectedly (${reason}). Labels and everything else that was saved are kept. ${next}`,
  );
}
