import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { TwofoldError } from '../../shared/errors.ts';
import type { OutOfFoldJob } from '../../shared/jobs/out-of-fold.ts';
import type { TrainingPicture } from '../../shared/labelled-picture.ts';
import type { RunRecord } from '../../shared/library/runs.ts';
import { swapClass, swapRecipe } from '../../shared/swap.ts';
import { assignFolds } from '../insight/folds.ts';
import { isSwapped } from '../library/labels/class-order.ts';
import { cacheDir, type Project } from '../library/folder.ts';
import { testContents } from '../library/pictures/pictures.ts';
import { OutOfFoldStore } from '../training/out-of-fold-store.ts';
import { withoutContents } from '../training/split.ts';
import { runJob, type JobOptions } from '../training/supervisor.ts';
import { usablePictures } from './split.ts';

/** Labelled pictures with out-of-fold logits: each by a head that was not trained on it. */
export interface OutOfFold {
  pictures: TrainingPicture[];
  /** Of class 1, at temperature 1, one per picture. */
  logits: number[];
}

const FOLDS = 5;
/** Increment it when the same pictures would get different logits. */
const VERSION = 1;

/**
 * Trains a head of the run's recipe for each of 5 folds of all labelled pictures outside the test set. Complete folds
 * are kept in the cache until recipe, pictures or labels change, so that a cancelled computation is resumed.
 *
 * @throws TwofoldError the errors of `runOutOfFoldJob`; `newer-version` for an unknown recipe
 */
export async function outOfFoldByHead(
  project: Project,
  run: RunRecord,
  options: JobOptions,
): Promise<OutOfFold> {
  const job = await jobOf(project, run);
  const { logits } = await runJob(job, options);
  return shown(project, job.pictures, logits);
}

/** The stored result of `outOfFoldByHead` for the same run, pictures and labels; null if a fold is missing. */
export async function knownOutOfFold(project: Project, run: RunRecord): Promise<OutOfFold | null> {
  if (run.recipe === null) return null;
  const job = await jobOf(project, run);
  const { folds, logits } = await new OutOfFoldStore(job.storeDir).read();
  const wanted = assignFolds(
    job.pictures.map(({ label }) => label),
    job.pictures.map(({ sha256 }) => sha256),
    { folds: job.folds, seed: job.recipe.seed },
  );
  if (!wanted || folds.size < wanted.count) return null;
  return shown(
    project,
    job.pictures,
    job.pictures.map(({ sha256 }) => logits.get(sha256) ?? null),
  );
}

/** Whether the heads of the folds are trained like the run's head. Not with new augmentations in every epoch. */
export const isTrainedAlike = ({ recipe }: RunRecord): boolean =>
  recipe !== null && (!recipe.augmentation.enabled || recipe.augmentation.variants > 0);

/** The job in stored class order, so that swapping the classes does not invalidate results. */
async function jobOf(project: Project, run: RunRecord): Promise<OutOfFoldJob> {
  const { db } = project;
  if (!run.recipe) {
    throw new TwofoldError(
      'newer-version',
      `Run ${run.id} has settings that this version does not know. Choose another run or train a new one.`,
    );
  }
  const swapped = isSwapped(db);
  const { usable } = await usablePictures(project);
  const { kept } = withoutContents(usable, new Set(testContents(db)));
  const pictures = swapped ? kept.map((one) => ({ ...one, label: swapClass(one.label) })) : kept;
  const recipe = swapped ? swapRecipe(run.recipe) : run.recipe;
  const epochs = run.bestEpoch ?? recipe.epochs;
  const hash = createHash('sha256').update(
    JSON.stringify([VERSION, FOLDS, epochs, run.weightsFingerprint, recipe]),
  );
  for (const line of pictures.map(({ sha256, label }) => `${sha256}${label}`).sort()) hash.update(line);
  const storeDir = join(cacheDir(project), 'out-of-fold', hash.digest('hex').slice(0, 32));
  return {
    kind: 'out-of-fold',
    cacheDir: cacheDir(project),
    storeDir,
    recipe,
    epochs,
    folds: FOLDS,
    pictures,
  };
}

function shown(
  { db }: Project,
  pictures: readonly TrainingPicture[],
  logits: readonly (number | null)[],
): OutOfFold {
  const sign = isSwapped(db) ? -1 : 1;
  const read = pictures.flatMap((picture, row) => {
    const logit = logits[row];
    const label = sign < 0 ? swapClass(picture.label) : picture.label;
    return logit == null ? [] : [{ picture: { ...picture, label }, logit: sign * logit }];
  });
  return { pictures: read.map(({ picture }) => picture), logits: read.map(({ logit }) => logit) };
}
