import { TwofoldError } from '../../shared/errors.ts';
import type { EvaluateResult } from '../../shared/jobs/evaluate.ts';
import type { LabelledPicture } from '../../shared/labelled-picture.ts';
import type { Split, TrainingSide } from '../../shared/split.ts';
import type { PictureProblem } from '../../shared/library/pictures.ts';
import type { RunRecord } from '../../shared/library/runs.ts';
import { plural } from '../../shared/format.ts';
import { getCounts, testSet, trainingSet } from '../library/pictures/pictures.ts';
import { getRunPictures, saveRunPictures } from '../library/runs/predictions.ts';
import { cacheDir, runDir, type Project } from '../library/folder.ts';
import { getRun, latestUsableRun } from '../library/runs/runs.ts';
import type { Db } from '../library/database/sql.ts';
import { saveTestEvaluation, testSetFingerprint } from '../library/runs/test-evaluations.ts';
import { allSeen } from '../training/split.ts';
import { modelView, runView } from './model-view.ts';
import { runJob, type JobOptions } from '../training/supervisor.ts';
import { evaluateScored } from './known-evaluation.ts';

/**
 * The run with this id; without an id, the newest run that has a model and is not being trained.
 *
 * @throws TwofoldError `not-found`; `busy` if the named run is being trained: its model is not final
 */
export function chooseRun(project: Project, runId?: string): RunRecord {
  const run = runId === undefined ? latestUsableRun(project.db) : getRun(project.db, runId);
  if (!run) throw new TwofoldError('not-found', `${project.name} has no trained run yet. Train one first.`);
  if (run.status === 'running') {
    throw new TwofoldError(
      'busy',
      `Run ${run.id} is being trained, so its model is not final. Try again when training has ended, or choose another run.`,
    );
  }
  if (run.bestEpoch === null) {
    throw new TwofoldError(
      'not-found',
      `Run ${run.id} ended before its first epoch was complete, so it has no model.`,
    );
  }
  return run;
}

/**
 * Evaluates a run with the current labels on its validation set, the project's test set, or its training set (with
 * dropout off and no augmentation), and stores the predictions of the first two. Pictures labelled after training are
 * excluded, since they were often chosen because the model was uncertain.
 *
 * @param options `threshold`: a probability of class 1 above it is class 1; `kept`: the threshold of the stored
 * evaluation (default: the project's)
 * @throws TwofoldError `nothing-labelled` without a picture to evaluate on, `too-few` if the run was trained on all of
 * them
 */
export async function evaluateRun(
  project: Project,
  run: RunRecord,
  { on, threshold, kept }: { on: Split; threshold: number; kept?: number },
  options: JobOptions,
): Promise<EvaluateResult> {
  const { db } = project;
  const { swapped, threshold: usual } = modelView(db);
  const view = runView(db, run);
  const fingerprint = testSetFingerprint(db);
  const { pictures, seen } = on === 'test' ? testPictures(db, run) : ownPictures(db, run, on);
  const evaluated = await runJob(
    {
      kind: 'evaluate',
      runDir: runDir(project, run.id),
      ...view,
      cacheDir: cacheDir(project),
      on,
      pictures,
      threshold,
    },
    options,
  );
  const done = { ...evaluated, seen: evaluated.seen + seen };
  // Probabilities of training pictures are not stored: errors among them say little, since the model has memorised
  // them.
  if (project.readOnly || on === 'train') return done;
  if (on === 'test')
    await saveTestEvaluation(db, run.id, fingerprint, atThreshold(done, kept ?? usual), swapped);
  else await saveRunPictures(db, run.id, done.scores, swapped);
  return done;
}

/** The same predictions at another threshold; the loss does not depend on it. */
function atThreshold(result: EvaluateResult, threshold: number): EvaluateResult {
  const { evaluation, scores } = result;
  if (evaluation.threshold === threshold) return result;
  const scored = scores.map(({ probability, label }) => ({ probability: probability!, label }));
  return { ...result, evaluation: { ...evaluateScored(scored, threshold), loss: evaluation.loss } };
}

interface Chosen {
  pictures: LabelledPicture[];
  /** How many are excluded, since the run was trained or validated on their content. */
  seen: number;
}

function ownPictures(db: Db, run: RunRecord, on: TrainingSide): Chosen {
  const held = new Set(
    getRunPictures(db, run.id)
      .filter(({ split }) => split === on)
      .map(({ id }) => id),
  );
  const pictures = present(trainingSet(db).filter(({ id }) => held.has(id)));
  if (pictures.length > 0) return { pictures, seen: 0 };
  throw new TwofoldError(
    'nothing-labelled',
    `None of the ${on === 'train' ? 'training' : on} pictures of run ${run.id} is still labelled and available. Put the files back or train a new run.`,
  );
}

/**
 * The test set without pictures that the run was trained or validated on. The job also excludes those in the run's own
 * list, but a resumed run drops from its list what has been moved to the test set.
 */
function testPictures(db: Db, run: RunRecord): Chosen {
  const labelled = testSet(db);
  const learned = new Set(
    getRunPictures(db, run.id)
      .filter(({ split }) => split === 'train' || split === 'validation')
      .map(({ id }) => id),
  );
  const unseen = labelled.filter(({ id }) => !learned.has(id));
  const pictures = present(unseen);
  const seen = labelled.length - unseen.length;
  if (pictures.length > 0) return { pictures, seen };
  throw labelled.length > 0 && unseen.length === 0 ? allSeen() : noneToTest(db, labelled.length);
}

function noneToTest(db: Db, labelled: number): TwofoldError {
  const { test } = getCounts(db);
  if (test === 0) {
    return new TwofoldError(
      'not-found',
      'This project has no test set. Import pictures from a folder called "test" or a table with "test" in its split column, or move pictures there with "twofold split PROJECT test FILES…".',
    );
  }
  return labelled === 0
    ? new TwofoldError(
        'nothing-labelled',
        `None of the ${plural(test, 'picture')} in the test set is labelled. Label them first.`,
      )
    : new TwofoldError(
        'missing-files',
        `The files of all ${plural(labelled, 'labelled picture')} in the test set are missing or have changed. Put them back or locate them.`,
      );
}

/** The pictures whose files existed unchanged at the last check. */
function present(
  pictures: readonly (LabelledPicture & { problem: PictureProblem | null })[],
): LabelledPicture[] {
  return pictures
    .filter(({ problem }) => problem === null)
    .map(({ problem: _, ...picture }): LabelledPicture => picture);
}
