import { toFailure, type Failure } from '../../shared/errors.ts';
import type { Job, JobCommand, JobEvent, JobMessage, JobPicture, JobResult } from '../../shared/jobs.ts';
import { JobControl } from '../training/control.ts';
import type { JobContext } from '../training/job-context.ts';
import { runVerifyExportJob, runWriteExportJob, runWriteFoldersJob } from './export.ts';

/** Entry of the training process: runs one job, reports it, and ends. */

interface ParentPort {
  on(event: 'message', listener: (message: { data: unknown }) => void): void;
  postMessage(message: unknown): void;
}

/** Set in a utilityProcess of Electron; a plain child of Node talks through `process.send`. */
const { parentPort } = process as { parentPort?: ParentPort };

function send(message: JobMessage, sent?: () => void): void {
  if (parentPort) {
    parentPort.postMessage(message);
    // There is no word of its arrival, so it is given time.
    if (sent) setTimeout(sent, 200);
  } else process.send?.(message, undefined, undefined, sent);
}

/** Loads what a job needs and nothing else: an export is checked without TensorFlow where another runtime reads it. */
async function runJob(job: Job, context: JobContext): Promise<JobResult> {
  switch (job.kind) {
    case 'train':
      return (await import('./train.ts')).runTrainJob(job, context);
    case 'evaluate':
      return (await import('./evaluate.ts')).runEvaluateJob(job, context);
    case 'predict':
      return (await import('./predict.ts')).runPredictJob(job, context);
    case 'features':
      return (await import('./features.ts')).runFeaturesJob(job, context);
    case 'index':
      return (await import('./index-pictures.ts')).runIndexJob(job, context);
    case 'write-export':
      return runWriteExportJob(job, context);
    case 'verify-export':
      return runVerifyExportJob(job, context);
    case 'write-folders':
      return runWriteFoldersJob(job, context);
  }
}

/** Of the job that is to start. */
const pictures: JobPicture[] = [];
let running: { jobId: string; control: JobControl } | undefined;

async function start(jobId: string, job: Job): Promise<void> {
  const emit = (event: JobEvent): void => send({ type: 'event', jobId, event });
  const control = new JobControl((state) => emit({ type: state }));
  running = { jobId, control };
  const answer = await runJob(job, { control, emit }).then(
    (result): JobMessage => ({ type: 'done', jobId, result }),
    (thrown: unknown): JobMessage => ({ type: 'failed', jobId, error: explain(thrown) }),
  );
  send(answer, () => process.exit(0));
}

/** A person gets a sentence; of a defect of ours the log gets the trace. */
function explain(thrown: unknown): Failure {
  const error = toFailure(thrown);
  if (error.code === 'internal') {
    process.stderr.write(`${thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)}\n`);
  }
  return error;
}

function receive(command: JobCommand): void {
  if (command.type === 'pictures') {
    for (const picture of command.pictures) pictures.push(picture);
    return;
  }
  if (command.type === 'start') {
    const { jobId, job } = command;
    if (!running) void start(jobId, 'pictures' in job ? ({ ...job, pictures } as Job) : job);
    return;
  }
  if (running?.jobId !== command.jobId) return;
  running.control[command.type]();
}

// What can't be told to a terminal that is gone is no reason to end.
process.stderr.on('error', () => undefined);
// Ctrl-C reaches the whole process group; the parent decides what it means.
process.on('SIGINT', () => undefined);
if (parentPort) parentPort.on('message', ({ data }) => receive(data as JobCommand));
else {
  process.on('message', (command) => receive(command as JobCommand));
  // Whoever asked is gone: nobody would receive the result, and what was saved can be resumed.
  process.on('disconnect', () => process.exit(1));
}
