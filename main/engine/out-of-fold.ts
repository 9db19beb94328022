import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { toFailure, TwofoldError } from '../../shared/errors.ts';
import type { OutOfFoldJob } from '../../shared/jobs/out-of-fold.ts';
import type { Grouped, TrainingPicture } from '../../shared/labelled-picture.ts';
import type { RunRecord } from '../../shared/library/runs.ts';
import type { FoldTraining } from '../../shared/reliability.ts';
import { swapClass, swapRecipe } from '../../shared/swap.ts';
import { countGroups } from '../insight/folds.ts';
import { isSwapped } from '../library/labels/class-order.ts';
import { cacheDir, type Project } from '../library/folder.ts';
import { testContents } from '../library/pictures/pictures.ts';
import { OutOfFoldStore } from '../training/out-of-fold-store.ts';
import { withoutContents } from '../training/split.ts';
import { runJob, type JobOptions } from '../training/supervisor.ts';
import { findDuplicates, groupsAmong, knownDuplicates } from './duplicates.ts';
import { indexModel } from './index-library.ts';
import { usablePictures } from './split.ts';

/** Labelled pictures with out-of-fold logits: each by a head that was not trained on it. */
export interface OutOfFold {
  pictures: TrainingPicture[];
  /** Of class 1, at temperature 1, one per picture. */
  logits: number[];
}

const FOLDS = 5;
/** Increment it when the same pictures would get different logits. */
const VERSION = 2;

/**
 * Trains a head of the run's recipe for each of 5 folds of all labelled pictures outside the test set. Near-duplicates are
 * in one fold, whatever the recipe says: a copy would give its own label away. Complete folds are kept in the cache until
 * recipe, pictures or labels change, so that a cancelled computation is resumed.
 *
 * @throws TwofoldError the errors of `runOutOfFoldJob`; `newer-version` for an unknown recipe
 */
export async function outOfFoldByHead(
  project: Project,
  run: RunRecord,
  training: FoldTraining,
  options: JobOptions,
): Promise<OutOfFold> {
  const pictures = await foldPictures(project);
  const compared = pictures.map((picture) => ({ ...picture, problem: null }));
  const keys = await findDuplicates(project, await indexModel(project), compared, options);
  const job = jobOf(project, run, training, groupsAmong(pictures, keys));
  const { logits } = await runJob(job, options);
  return shown(project, job.pictures, logits);
}

/**
 * The stored result of `outOfFoldByHead` for the same run, pictures and labels; null if a fold is missing, or if the files of
 * all pictures are.
 */
export async function knownOutOfFold(
  project: Project,
  run: RunRecord,
  training: FoldTraining,
): Promise<OutOfFold | null> {
  if (run.recipe === null) return null;
  const { keys } = await knownDuplicates(project, await indexModel(project));
  const pictures = await foldPictures(project).catch((thrown: unknown) => {
    if (toFailure(thrown).code === 'missing-files') return null;
    throw thrown;
  });
  if (!pictures) return null;
  const job = jobOf(project, run, training, groupsAmong(pictures, keys));
  const { folds, logits } = await new OutOfFoldStore(job.storeDir).read();
  const groups = countGroups(
    job.pictures.map(({ label }) => label),
    job.pictures.map(({ group }) => group),
  );
  if (folds.size < Math.max(2, Math.min(job.folds, ...groups))) return null;
  return shown(
    project,
    job.pictures,
    job.pictures.map(({ sha256 }) => logits.get(sha256) ?? null),
  );
}

/** What is stored of heads trained as the run's, else of quickly trained ones; null if neither is complete. */
export const anyOutOfFold = async (project: Project, run: RunRecord): Promise<OutOfFold | null> =>
  (await knownOutOfFold(project, run, 'as-run')) ?? (await knownOutOfFold(project, run, 'quick'));

/** Whether a run had new augmentations in every epoch, so that `as-run` and `quick` differ. */
export const hasNewAugmentations = ({ recipe }: RunRecord): boolean =>
  recipe !== null && recipe.augmentation.enabled && recipe.augmentation.variants === 0;

/** The usable labelled pictures without the contents of the test set. */
async function foldPictures(project: Project): Promise<TrainingPicture[]> {
  const { usable } = await usablePictures(project);
  return withoutContents(usable, new Set(testContents(project.db))).kept;
}

/** The job in stored class order, so that swapping the classes does not invalidate results. */
function jobOf(
  project: Project,
  run: RunRecord,
  training: FoldTraining,
  given: readonly Grouped<TrainingPicture>[],
): OutOfFoldJob {
  const { db } = project;
  if (!run.recipe) {
    throw new TwofoldError(
      'newer-version',
      `Run ${run.id} has settings that this version does not know. Choose another run or train a new one.`,
    );
  }
  const swapped = isSwapped(db);
  const pictures = given.map((one) => ({ ...one, label: swapped ? swapClass(one.label) : one.label }));
  const recipe = swapped ? swapRecipe(run.recipe) : run.recipe;
  const epochs = run.bestEpoch ?? recipe.epochs;
  const augments = training === 'as-run' && hasNewAugmentations(run);
  const hash = createHash('sha256').update(
    JSON.stringify([VERSION, FOLDS, epochs, run.weightsFingerprint, recipe, augments]),
  );
  const lines = pictures.map(({ sha256, label, group }) => `${sha256}${label}${group}`);
  for (const line of lines.sort()) hash.update(line);
  const storeDir = join(cacheDir(project), 'out-of-fold', hash.digest('hex').slice(0, 32));
  return {
    kind: 'out-of-fold',
    cacheDir: cacheDir(project),
    storeDir,
    recipe,
    epochs,
    augments,
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
