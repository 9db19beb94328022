import { TwofoldError, toFailure } from '../../shared/errors.ts';
import type { JobEvent } from '../../shared/jobs/messages.ts';
import type { TrainJob, TrainResult } from '../../shared/jobs/train.ts';
import type { SplitPicture } from '../../shared/labelled-picture.ts';
import type { RunRecord, RunStatus } from '../../shared/library/runs.ts';
import type { Recipe } from '../../shared/recipe.ts';
import { swapClass, swapCounts, swapEvaluation, swapPair, swapRecipe } from '../../shared/swap.ts';
import { isSwapped } from '../library/labels/class-order.ts';
import { getClasses } from '../library/labels/classes.ts';
import { testContents } from '../library/pictures/pictures.ts';
import { forgetPredictions } from '../library/runs/coverage.ts';
import { saveRunPictures } from '../library/runs/predictions.ts';
import { cacheDir, runDir, type Project } from '../library/folder.ts';
import { forgetCalibration } from '../library/runs/calibration.ts';
import { createRun, getRun, recordEpoch, updateRun } from '../library/runs/runs.ts';
import { transaction, type Db } from '../library/database/sql.ts';
import { forgetTestEvaluation } from '../library/runs/test-evaluations.ts';
import { inceptionV3 } from '../model/architecture/inception-v3.ts';
import { loadSameWeights, loadWeights, type Weights } from '../model/weights/store.ts';
import { RunFolder } from '../training/run-folder.ts';
import { startJob, type JobOptions, type RunningJob } from '../training/supervisor.ts';
import { comparedFirst } from './compared-first.ts';
import { startComparing } from './duplicates.ts';
import { planSplit, type TrainingPlan } from './grouped-split.ts';
import { modelView, tellEndedRun } from './model-view.ts';
import type { ProjectSplit } from './split.ts';

export type TrainRequest =
  | { recipe: Recipe; name?: string; note?: string }
  /** Resumes a run; only epochs and patience of `recipe` apply. */
  | { resume: string; recipe?: Recipe };

export interface TrainOptions extends JobOptions {
  /** Plans the split of a new run; default: `planSplit`, in this thread. */
  plan?: (recipe: Recipe) => Promise<TrainingPlan>;
}

export interface Training {
  run: RunRecord;
  job: RunningJob<TrainJob>;
  /** Settles once everything that the run reported is stored. Rejects with a TwofoldError; stored epochs are kept. */
  result: Promise<TrainResult>;
}

/**
 * Creates or resumes a run: trains on the project's labelled pictures in a separate process and stores its results.
 * Both front ends use it.
 *
 * @throws TwofoldError if the pictures can't be trained on; nothing is written then
 */
export async function startTraining(
  project: Project,
  request: TrainRequest,
  { onEvent, plan: planFor = (recipe) => planSplit(project, recipe), ...options }: TrainOptions,
): Promise<Training> {
  const { db } = project;
  const view = modelView(db);
  const { swapped } = view;
  const resumed = 'resume' in request ? getRun(db, request.resume) : null;
  const wanted = resumed ? resumedRecipe(resumed, request.recipe) : request.recipe!;
  inceptionV3({ cut: wanted.cut, size: wanted.size });
  const weights = await weightsFor(wanted, resumed);
  // Record the actual name, since `default` may mean other weights later.
  const recipe = { ...wanted, weights: weights.name };
  const isListed = resumed !== null && new RunFolder(runDir(project, resumed.id)).hasPictures;
  const plan = isListed ? null : await planFor(recipe);

  const run = whileOrdered(db, swapped, () =>
    'resume' in request
      ? updateRun(db, request.resume, { status: 'running', recipe })
      : createRun(db, { ...request, recipe, weightsFingerprint: weights.fingerprint }),
  );
  if (resumed) {
    forgetTestEvaluation(db, run.id);
    forgetPredictions(db, run.id);
    forgetCalibration(db, run.id);
  }
  const record = recorder(project, run.id);
  const start = async (split: ProjectSplit | null): Promise<RunningJob<TrainJob>> => {
    const pictures = split ? [...split.train, ...split.validation] : [];
    if (split) updateRun(db, run.id, { dataFingerprint: split.fingerprint });
    // Stored before training starts, so that an interrupted run can be evaluated too.
    await saveRunPictures(
      db,
      run.id,
      pictures.map(({ id, split: side }) => ({ id, split: side })),
    );
    return startJob<TrainJob>(
      {
        kind: 'train',
        runDir: runDir(project, run.id),
        cacheDir: cacheDir(project),
        classes: inStoredOrder(getClasses(db).map(({ name }) => name) as [string, string], swapped),
        shown: view,
        recipe: swapped ? swapRecipe(recipe) : recipe,
        // In stored order, so that a run gives the same model whichever class is class 1, and can be resumed after a
        // swap.
        pictures: swapped ? pictures.map(swapLabel) : pictures,
        testCopies: split?.testCopies.map(({ path }) => path) ?? [],
        testSet: isListed ? testContents(db) : [],
        resume: resumed !== null,
      },
      {
        ...options,
        onEvent: (event) => {
          record(event);
          onEvent?.(swapped ? swapEvent(event) : event);
        },
      },
    );
  };
  const comparing =
    plan?.comparison &&
    startComparing(project, plan.comparison.model, plan.comparison.pictures, {
      ...options,
      // The training reports pictures that can't be read.
      onEvent: (event) => (event.type === 'left-out' ? undefined : onEvent?.(event)),
    });
  const job = comparing
    ? comparedFirst(comparing, async () => start((await planFor(recipe)).split))
    : await start(plan?.split ?? null);
  const result = job.result.then((done) => (swapped ? swapResult(done) : done));
  return { run, job, result: storeResult(project, run.id, result) };
}

const inStoredOrder = (classes: [string, string], swapped: boolean): [string, string] =>
  swapped ? swapPair(classes) : classes;

/** Calls `work` only if the class order is still the given one; it can't change while a run is in training. */
function whileOrdered<T>(db: Db, swapped: boolean, work: () => T): T {
  return transaction(db, () => {
    if (isSwapped(db) === swapped) return work();
    throw new TwofoldError('busy', 'The classes were swapped in the meantime. Start training again.');
  });
}

const swapLabel = (picture: SplitPicture): SplitPicture => ({ ...picture, label: swapClass(picture.label) });

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

/** The recipe of a resumed run. Anything but epochs and patience would mix two recipes in one run. */
function resumedRecipe(run: RunRecord, wanted: Recipe | undefined): Recipe {
  if (!run.recipe) {
    throw new TwofoldError(
      'newer-version',
      `Run ${run.id} was trained with settings that this version does not know, so it can't be resumed. Train a new run.`,
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

/** The weights of a recipe, or those that a resumed run was started with. @throws TwofoldError `not-found` */
function weightsFor(recipe: Recipe, resumed: RunRecord | null): Promise<Weights> {
  const fingerprint = resumed?.weightsFingerprint ?? null;
  return fingerprint === null
    ? loadWeights(recipe.weights)
    : loadSameWeights({ name: recipe.weights, fingerprint });
}

/** Stores epochs with their batch losses as they are reported. */
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
    // The threshold may have changed during training.
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
