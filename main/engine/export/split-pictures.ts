import { TwofoldError } from '../../../shared/errors.ts';
import type { LabelledPicture, Split, TrainingSide } from '../../../shared/jobs.ts';
import type { RunRecord } from '../../../shared/library.ts';
import type { Project } from '../../library/folder.ts';
import { testSet, trainingSet } from '../../library/pictures/pictures.ts';
import { getRunPictures } from '../../library/runs/predictions.ts';
import { getSettings } from '../../library/settings.ts';
import type { Db } from '../../library/database/sql.ts';
import { splitProject } from '../split.ts';

/** A picture in the set it belongs to. */
export type PictureOnSide = LabelledPicture & { split: Split };

/**
 * The labelled pictures whose files are there, on the side of the split on which the run had them, with the labels they
 * have now. Without a run, as a training with the project's recipe would divide them. The test set is not among them: see
 * `testSetPictures`.
 *
 * @param options `withProblems`: also the run's pictures that are missing or have changed, for who names what is left out;
 * `mayBeNone`: that none of the run's is left is no error
 * @throws TwofoldError `nothing-labelled`, `one-class`, `too-few`; `not-found` when none of the run's pictures is left
 */
export async function picturesOnSides(
  project: Project,
  run: RunRecord | null,
  { withProblems = false, mayBeNone = false }: { withProblems?: boolean; mayBeNone?: boolean } = {},
): Promise<PictureOnSide[]> {
  const { db } = project;
  if (run === null) {
    const { train, validation } = await splitProject(project, getSettings(db).recipe);
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
    'not-found',
    `None of the pictures of run ${run.id} is left in the project, labelled and with its file in place. Find them again.`,
  );
}

/** On which side a run had each picture that it was trained or validated on, by the picture's id. */
export function sidesOf(db: Db, run: RunRecord): Map<number, TrainingSide> {
  const sides = new Map<number, TrainingSide>();
  for (const { id, split } of getRunPictures(db, run.id)) {
    // What it was tested with is told by the test set as it is now.
    if (split === 'train' || split === 'validation') sides.set(id, split);
  }
  return sides;
}

/** The labelled pictures of the test set, also those whose files are missing or have changed, which are named then. */
export function testSetPictures({ db }: Project): PictureOnSide[] {
  return testSet(db).map(({ problem: _, ...picture }) => ({ ...picture, split: 'test' }));
}
