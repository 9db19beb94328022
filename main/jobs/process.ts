import { toFailure, type Failure } from '../../shared/errors.ts';
import type { Job, JobPicture, JobResult } from '../../shared/jobs/job.ts';
import type { JobEvent, JobMessage } from '../../shared/jobs/messages.ts';
import { markCacheUse } from '../files/cache-marks.ts';
import { describe } from '../log/describe.ts';
import { JobControl } from '../training/control.ts';
import type { JobContext } from '../training/job-context.ts';
import { readJobCommand } from '../training/messages.ts';
import { pageResult } from '../training/result-pages.ts';

/** Entry of the process that runs one job, reports its result, and ends. */

interface ParentPort {
  on(event: 'message', listener: (message: { data: unknown }) => void): void;
  postMessage(message: unknown): void;
}

/** Set in a utilityProcess of Electron; a plain child of Node uses `process.send`. */
const { parentPort } = process as { parentPort?: ParentPort };

function send(message: JobMessage): void {
  if (parentPort) parentPort.postMessage(message);
  else process.send?.(message);
}

/** Loads only what the job needs: some exports are verified in another runtime, without TensorFlow. */
async function runJob(job: Job, context: JobContext): Promise<JobResult> {
  switch (job.kind) {
    case 'train':
      return (await import('./train.ts')).runTrainJob(job, context);
    case 'cross-validate':
      return (await import('./cross-validate.ts')).runCrossValidateJob(job, context);
    case 'evaluate':
      return (await import('./evaluate.ts')).runEvaluateJob(job, context);
    case 'predict':
      return (await import('./predict.ts')).runPredictJob(job, context);
    case 'score':
      return (await import('./score.ts')).runScoreJob(job, context);
    case 'heat-map':
      return (await import('./heat-map.ts')).runHeatMapJob(job, context);
    case 'heat-maps':
      return (await import('./heat-maps.ts')).runHeatMapsJob(job, context);
    case 'features':
      return (await import('./features.ts')).runFeaturesJob(job, context);
    case 'index':
      return (await import('./index-pictures.ts')).runIndexJob(job, context);
    case 'duplicates':
      return (await import('./duplicates.ts')).runDuplicatesJob(job, context);
    case 'map':
      return (await import('./map.ts')).runMapJob(job, context);
    case 'out-of-fold':
      return (await import('./out-of-fold.ts')).runOutOfFoldJob(job, context);
    case 'recipe-search':
      return (await import('./recipe-search.ts')).runRecipeSearchJob(job, context);
    case 'measure-speed':
      return (await import('./measure-speed.ts')).runMeasureSpeedJob(job, context);
    case 'import-weights':
      return (await import('./import-weights.ts')).runImportWeightsJob(job, context);
    case 'write-export':
      return (await import('./write-export.ts')).runWriteExportJob(job, context);
    case 'verify-export':
      return (await import('./verify-export.ts')).runVerifyExportJob(job, context);
    case 'write-folders':
      return (await import('./write-folders.ts')).runWriteFoldersJob(job, context);
  }
}

/** Received so far, for the job that is about to start. */
const pictures: JobPicture[] = [];
let running: { jobId: string; control: JobControl } | undefined;

async function start(jobId: string, job: Job): Promise<void> {
  const emit = (event: JobEvent): void => send({ type: 'event', jobId, event });
  const control = new JobControl((state) => emit({ type: state }));
  running = { jobId, control };
  // A job that waits for questions marks the cache while it answers one.
  const cacheDir = 'cacheDir' in job && job.kind !== 'heat-maps' ? job.cacheDir : null;
  const endCacheUse = cacheDir === null ? undefined : markCacheUse(cacheDir);
  const answer = await runJob(job, { control, emit })
    .finally(endCacheUse)
    .then(
      (result): JobMessage => {
        const { pages, rest } = pageResult(result);
        for (const page of pages) send({ type: 'page', jobId, page });
        return { type: 'done', jobId, result: rest };
      },
      (thrown: unknown): JobMessage => ({ type: 'failed', jobId, error: explain(thrown) }),
    );
  // The process ends when the parent acknowledges this message.
  send(answer);
}

/** The stack of an unexpected error, or of a thread that died, goes to standard error, which the parent logs. */
function explain(thrown: unknown): Failure {
  const error = toFailure(thrown);
  if (error.code === 'internal' || error.code === 'crashed') process.stderr.write(`${describe(thrown)}\n`);
  return error;
}

function receive(message: unknown): void {
  const command = readJobCommand(message);
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
  if (command.type === 'received') process.exit(0);
  if (command.type === 'ask') {
    running.control.ask(command.question);
    return;
  }
  running.control[command.type]();
}

// An error that nothing catches ends the process with its stack on standard error, in Node and in Electron.
// A closed terminal must not end the process.
process.stderr.on('error', () => undefined);
// Ctrl-C reaches the whole process group; the parent decides what it means.
process.on('SIGINT', () => undefined);
if (parentPort) parentPort.on('message', ({ data }) => receive(data));
else {
  process.on('message', receive);
  // The parent has ended: nobody would receive the result, and what was saved can be resumed.
  process.on('disconnect', () => process.exit(1));
}
