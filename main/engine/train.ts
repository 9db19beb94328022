import { setImmediate } from 'node:timers/promises';
import { TwofoldError, toFailure } from '../../shared/errors.ts';
import type { JobEvent, TrainingPicture, TrainJob, TrainResult } from '../../shared/jobs.ts';
import type { RunRecord, RunStatus } from '../../shared/library.ts';
import { formatCount } from '../../shared/format.ts';
import type { Recipe } from '../../shared/recipe.ts';
import { swapClass, swapCounts, swapEvaluation, swapPair } from '../../shared/swap.ts';
import { isSwapped } from '../library/labels/class-order.ts';
import { getClasses } from '../library/labels/classes.ts';
import { testContents, testSet, trainingSet } from '../library/pictures/pictures.ts';
import { saveRunPictures } from '../library/runs/predictions.ts';
import { cacheDir, runDir, type Project } from '../library/folder.ts';
import { createRun, getRun, recordEpoch, updateRun } from '../library/runs/runs.ts';
import { transaction, type Db } from '../library/database/sql.ts';
import { forgetTestEvaluation } from '../library/runs/test-evaluations.ts';
import { inceptionV3 } from '../model/architecture/inception-v3.ts';
import { loadSameWeights, loadWeights, type Weights } from '../model/weights/store.ts';
import { splitPictures, withoutContents } from '../training/split.ts';
import { modelView, tellEndedRun } from './model-view.ts';
import { startJob, type JobProcess, type RunningJob } from '../training/supervisor.ts';

/** Labelled pictures read at once: some 15 ms. */
const PAGE = 5000;

export type TrainRequest =
  | { recipe: Recipe; name?: string; note?: string }
  /** Goes on with a run; `recipe` may ask for more epochs or another patience. */
  | { resume: string; recipe?: Recipe };

export interface Training {
  run: RunRecord;
  job: RunningJob<TrainJob>;
  /** Settles when everything the run said is stored. Rejects with a TwofoldError; what was saved stays. */
  result: Promise<TrainResult>;
}

/**
 * Trains on a project's labelled pictures in a process of its own and stores what that reports: the one way in which
 * runs come to be, for the window and the command line.
 *
 * @throws TwofoldError before anything is written, when the pictures can't be trained on
 */
export async function startTraining(
  project: Project,
  request: TrainRequest,
  spawn: () => JobProcess,
  onEvent: (event: JobEvent) => void = () => undefined,
): Promise<Training> {
  const { db } = project;
  const view = modelView(db);
  const { swapped } = view;
  const classes = inStoredOrder(getClasses(db).map(({ name }) => name) as [string, string], swapped);
  const pictures = await usablePictures(project, swapped);
  const inTestSet = testContents(db);
  const wanted =
    'resume' in request ? resumedRecipe(getRun(db, request.resume), request.recipe) : request.recipe;
  inceptionV3({ cut: wanted.cut, size: wanted.size });
  const weights = await weightsFor(wanted, 'resume' in request ? getRun(db, request.resume) : null);
  // A run names the weights themselves: what `default` stands for may change.
  const recipe = { ...wanted, weights: weights.name };

  let run: RunRecord;
  if ('resume' in request) {
    run = whileOrdered(db, swapped, () => updateRun(db, request.resume, { status: 'running', recipe }));
    forgetTestEvaluation(db, run.id);
  } else {
    const { kept, left } = withoutContents(pictures, new Set(inTestSet));
    const split = await splitPictures(kept, {
      fraction: recipe.validationFraction,
      seed: recipe.seed,
      classes,
      hasTestSet: left.length > 0 || testSet(db, { limit: 1 }).length > 0,
    });
    run = whileOrdered(db, swapped, () =>
      createRun(db, { ...request, recipe, weightsFingerprint: weights.fingerprint }),
    );
    // What it learns from is known from the start, so that a run that is cut short can be evaluated too.
    const sides = [...split.train, ...split.validation].map(({ id, split: side }) => ({ id, split: side }));
    await saveRunPictures(db, run.id, sides);
  }
  const record = recorder(project, run.id);
  const job = startJob<TrainJob>(
    spawn,
    {
      kind: 'train',
      runDir: runDir(project, run.id),
      cacheDir: cacheDir(project),
      classes,
      shown: view,
      recipe,
      pictures,
      testSet: inTestSet,
      resume: 'resume' in request,
    },
    (event) => {
      record(event);
      onEvent(swapped ? swapEvent(event) : event);
    },
  );
  const result = job.result.then((done) => (swapped ? swapResult(done) : done));
  return { run, job, result: storeResult(project, run.id, result) };
}

const inStoredOrder = (classes: [string, string], swapped: boolean): [string, string] =>
  swapped ? swapPair(classes) : classes;

/** Notes a run only while the classes are in the order in which its labels were read; while it runs they stay so. */
function whileOrdered<T>(db: Db, swapped: boolean, work: () => T): T {
  return transaction(db, () => {
    if (isSwapped(db) === swapped) return work();
    throw new TwofoldError('busy', 'The classes were swapped meanwhile. Start the training again.');
  });
}

function swapEvent(event: JobEvent): JobEvent {
  return event.type === 'split' ? { ...event, counts: swapCounts(event.counts) } : event;
}

function swapResult(result: TrainResult): TrainResult {
  return {
    ...result,
    evaluation: swapEvaluation(result.evaluation),
    counts: swapCounts(result.counts),
    scores: result.scores.map(({ label, probability, ...rest }) => ({
      ...rest,
      label: swapClass(label),
      probability: probability === null ? null : 1 - probability,
    })),
  };
}

/**
 * Labelled pictures outside the test set whose files were there and unchanged at the last check, also those that have the
 * content of a test picture, which the job reports. Their labels are as they are stored: so a run learns the same whichever
 * class is class 1, and can be resumed after a swap. By pages: the app answers in between.
 */
async function usablePictures(project: Project, swapped: boolean): Promise<TrainingPicture[]> {
  const usable: TrainingPicture[] = [];
  let unusable = 0;
  for (let after = 0; ;) {
    const page = trainingSet(project.db, { after, limit: PAGE, twins: true });
    for (const { problem, label, ...picture } of page) {
      if (problem === null) usable.push({ ...picture, label: swapped ? swapClass(label) : label });
      else unusable++;
    }
    if (page.length < PAGE) {
      if (usable.length === 0 && unusable > 0) throw allUnusable(unusable);
      return usable;
    }
    after = page.at(-1)!.id;
    await setImmediate();
  }
}

function allUnusable(count: number): TwofoldError {
  return new TwofoldError(
    'not-found',
    count === 1
      ? 'The file of the only labelled picture outside the test set is missing or has changed. Put it back, or import it from where it is now; then train.'
      : `The files of all ${formatCount(count)} labelled pictures outside the test set are missing or have changed. Put them back, or import their folder from where it is now; then train.`,
  );
}

/** What may differ when a run goes on: anything else would make its curves a mixture of two recipes. */
function resumedRecipe(run: RunRecord, wanted: Recipe | undefined): Recipe {
  if (!run.recipe) {
    throw new TwofoldError(
      'newer-version',
      `Run ${run.id} was made with settings that this version does not know, so it can't be resumed. Train a new run.`,
    );
  }
  if (run.status === 'done') {
    throw new TwofoldError(
      'bad-input',
      `Run ${run.id} is complete; only a stopped, failed or crashed run can be resumed.`,
    );
  }
  return wanted ? { ...run.recipe, epochs: wanted.epochs, patience: wanted.patience } : run.recipe;
}

/** The weights of a recipe; those that a run was started with, where it is resumed. @throws TwofoldError `not-found` */
function weightsFor(recipe: Recipe, resumed: RunRecord | null): Promise<Weights> {
  const fingerprint = resumed?.weightsFingerprint ?? null;
  return fingerprint === null
    ? loadWeights(recipe.weights)
    : loadSameWeights({ name: recipe.weights, fingerprint });
}

/** Stores epochs, with the losses of their batches, as they come. */
function recorder({ db }: Project, runId: string): (event: JobEvent) => void {
  let batchLosses: number[] = [];
  return (event) => {
    if (event.type === 'batch') {
      if (event.batch === 1) batchLosses = [];
      batchLosses.push(event.batchLoss);
    } else if (event.type === 'epoch') {
      recordEpoch(db, runId, event, batchLosses);
      updateRun(db, runId, { bestEpoch: event.savedEpoch });
    }
  };
}

async function storeResult(
  project: Project,
  runId: string,
  result: Promise<TrainResult>,
): Promise<TrainResult> {
  const { db } = project;
  try {
    const done = await result;
    const { scores, kind: _, ...metrics } = done;
    await saveRunPictures(db, runId, scores);
    updateRun(db, runId, {
      status: statusOf(done),
      bestEpoch: done.bestEpoch,
      metrics: JSON.parse(JSON.stringify(metrics)) as RunRecord['metrics'],
    });
    return done;
  } catch (thrown) {
    const error = toFailure(thrown);
    const status = error.code === 'crashed' ? 'crashed' : error.code === 'cancelled' ? 'stopped' : 'failed';
    updateRun(db, runId, { status, error });
    throw thrown;
  } finally {
    // The threshold may have changed while it was trained.
    await tellEndedRun(project, runId);
  }
}

function statusOf({ end }: TrainResult): RunStatus {
  switch (end) {
    case 'completed':
    case 'early-stopped':
      return 'done';
    case 'stopped':
      return 'stopped';
    case 'diverged':
      return 'failed';
  }
}
