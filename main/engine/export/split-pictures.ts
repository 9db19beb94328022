import { TwofoldError } from '../../../shared/errors.ts';
import type { LabelledPicture } from '../../../shared/labelled-picture.ts';
import type { Split, TrainingSide } from '../../../shared/split.ts';
import type { RunRecord } from '../../../shared/library/runs.ts';
import type { Project } from '../../library/folder.ts';
import { testSet, trainingSet } from '../../library/pictures/pictures.ts';
import { getRunPictures } from '../../library/runs/predictions.ts';
import { getSettings } from '../../library/settings.ts';
import type { Db } from '../../library/database/sql.ts';
import { knownDuplicates } from '../duplicates.ts';
import { indexModel } from '../index-library.ts';
import { splitProject } from '../split.ts';

/** A labelled picture with its set. */
export type PictureOnSide = LabelledPicture & { split: Split };

/**
 * The available labelled pictures with the split of a run and the current labels; without a run, with the split that
 * training with the project's recipe would use. The test set is not included, see `testSetPictures`.
 *
 * @param options `withProblems`: include pictures of the run that are missing or changed, so that they can be reported;
 * `mayBeNone`: no error if none of the run's pictures is available
 * @throws TwofoldError `nothing-labelled`, `one-class`, `too-few`; `not-found` if none of the run's pictures is
 * available
 */
export async function picturesOnSides(
  project: Project,
  run: RunRecord | null,
  { withProblems = false, mayBeNone = false }: { withProblems?: boolean; mayBeNone?: boolean } = {},
): Promise<PictureOnSide[]> {
  const { db } = project;
  if (run === null) {
    const { recipe } = getSettings(db);
    const { keys } = recipe.groupDuplicates
      ? await knownDuplicates(project, await indexModel(project))
      : { keys: undefined };
    const { train, validation } = await splitProject(project, recipe, keys);
    return [...train, ...validation];
  }
  const labelled = trainingSet(db);
  const sides = sidesOf(db, run);
  const onSides = (pictures: readonly LabelledPicture[]): PictureOnSide[] =>
    pictures.flatMap((picture) => {
      const split = sides.get(picture.id);
      return split ? [{ ...picture, split }] : [];
    });
  const pictures = onSides(labelled.filter(({ problem }) => problem === null));
  if (pictures.length > 0 || mayBeNone) return withProblems ? onSides(labelled) : pictures;
  throw new TwofoldError(
    'missing-files',
    `None of the pictures of run ${run.id} is still in the project, labelled and available. Put the files back or locate them.`,
  );
}

/** The side of the split of each picture that a run was trained or validated on, by the picture's id. */
export function sidesOf(db: Db, run: RunRecord): Map<number, TrainingSide> {
  const sides = new Map<number, TrainingSide>();
  for (const { id, split } of getRunPictures(db, run.id)) {
    // Test pictures are those of the current test set instead.
    if (split === 'train' || split === 'validation') sides.set(id, split);
  }
  return sides;
}

/** The labelled pictures of the test set, including missing and changed ones, so that they can be reported. */
export function testSetPictures({ db }: Project): PictureOnSide[] {
  return testSet(db).map(({ problem: _, ...picture }) => ({ ...picture, split: 'test' }));
}
