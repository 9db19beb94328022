import { TwofoldError } from '../../shared/errors.ts';
import type { EvaluateJob, EvaluateResult, JobEvent, LabelledPicture } from '../../shared/jobs.ts';
import type { RunRecord } from '../../shared/library.ts';
import { trainingSet } from '../library/pictures.ts';
import { getRunPictures, saveRunPictures } from '../library/predictions.ts';
import { cacheDir, runDir, type Project } from '../library/folder.ts';
import { getRun, latestUsableRun } from '../library/runs.ts';
import { startJob, type JobProcess, type RunningJob } from '../training/supervisor.ts';

/**
 * The run that a person means: the one named, else the newest that has a model.
 *
 * @throws TwofoldError `not-found`
 */
export function chooseRun(project: Project, runId?: string): RunRecord {
  const run = runId === undefined ? latestUsableRun(project.db) : getRun(project.db, runId);
  if (!run) throw new TwofoldError('not-found', `${project.name} has no trained run yet. Train one first.`);
  if (run.bestEpoch === null) {
    throw new TwofoldError(
      'not-found',
      `Run ${run.id} ended before its first epoch was complete, so it has no model.`,
    );
  }
  return run;
}

/**
 * Evaluates a run on its validation pictures with the labels they have now, and stores what the model says of them.
 * Pictures labelled since do not count, though they are unseen: they were often picked because the model was unsure.
 */
export function startEvaluation(
  project: Project,
  run: RunRecord,
  threshold: number,
  spawn: () => JobProcess,
  onEvent: (event: JobEvent) => void = () => undefined,
): { job: RunningJob<EvaluateJob>; result: Promise<EvaluateResult> } {
  const held = new Set(
    getRunPictures(project.db, run.id)
      .filter(({ split }) => split === 'validation')
      .map(({ id }) => id),
  );
  const pictures = trainingSet(project.db)
    .filter(({ id, problem }) => problem === null && held.has(id))
    .map(({ problem: _, ...picture }): LabelledPicture => ({ ...picture, split: 'validation' }));
  if (pictures.length === 0) {
    throw new TwofoldError(
      'nothing-labelled',
      `Run ${run.id} has no validation picture left that is labelled and whose file is there.`,
    );
  }
  const job = startJob<EvaluateJob>(
    spawn,
    { kind: 'evaluate', runDir: runDir(project, run.id), cacheDir: cacheDir(project), pictures, threshold },
    onEvent,
  );
  const result = job.result.then(async (done) => {
    if (!project.readOnly) await saveRunPictures(project.db, run.id, done.scores);
    return done;
  });
  return { job, result };
}
