import { setImmediate } from 'node:timers/promises';
import { TwofoldError } from '../../shared/errors.ts';
import type { TrainingPicture } from '../../shared/jobs.ts';
import { formatCount } from '../../shared/format.ts';
import type { Recipe } from '../../shared/recipe.ts';
import { getClasses } from '../library/labels/classes.ts';
import type { Project } from '../library/folder.ts';
import { testContents, testSet, trainingSet } from '../library/pictures/pictures.ts';
import { splitPictures, withoutContents, type SplitSet } from '../training/split.ts';

/** Labelled pictures read at a time, in about 15 ms. */
const PAGE = 5000;

export interface ProjectSplit extends SplitSet {
  /** Pictures outside the test set with the same content as a test picture, which are excluded. */
  testCopies: TrainingPicture[];
}

/**
 * Splits a project's labelled pictures into training and validation set, for training and for exports of projects without
 * a run. Only pictures whose files existed unchanged at the last check are used.
 *
 * @throws TwofoldError `not-found` if all files are missing or changed, and as `splitPictures`
 */
export async function splitProject(
  project: Project,
  { validationFraction: fraction, seed }: Pick<Recipe, 'validationFraction' | 'seed'>,
): Promise<ProjectSplit> {
  const { db } = project;
  const contents = new Set(testContents(db));
  const { kept, left: testCopies } = withoutContents(await usablePictures(project), contents);
  const [zero, one] = getClasses(db);
  const hasTestSet = testCopies.length > 0 || testSet(db, { limit: 1 }).length > 0;
  const split = await splitPictures(kept, { fraction, seed, classes: [zero.name, one.name], hasTestSet });
  return { ...split, testCopies };
}

/** Reads page by page, so that the app responds in between. */
async function usablePictures({ db }: Project): Promise<TrainingPicture[]> {
  const usable: TrainingPicture[] = [];
  let unusable = 0;
  for (let after = 0; ;) {
    const page = trainingSet(db, { after, limit: PAGE, twins: true });
    for (const { problem, ...picture } of page) {
      if (problem === null) usable.push(picture);
      else unusable++;
    }
    if (page.length < PAGE) break;
    after = page.at(-1)!.id;
    await setImmediate();
  }
  if (usable.length === 0 && unusable > 0) throw allUnusable(unusable);
  return usable;
}

function allUnusable(count: number): TwofoldError {
  return new TwofoldError(
    'not-found',
    count === 1
      ? 'The file of the only labelled picture outside the test set is missing or has changed. Put it back, or import it from its new location, then try again.'
      : `The files of all ${formatCount(count)} labelled pictures outside the test set are missing or have changed. Put them back, or import their folder from its new location, then try again.`,
  );
}
