import { TwofoldError } from '../../shared/errors.ts';
import type { LabelledPicture, Split } from '../../shared/jobs.ts';
import type { RunRecord } from '../../shared/library.ts';
import { getClasses } from '../library/classes.ts';
import type { Project } from '../library/folder.ts';
import { trainingSet } from '../library/pictures.ts';
import { getRunPictures } from '../library/predictions.ts';
import { getSettings } from '../library/settings.ts';
import type { Db } from '../library/sql.ts';
import { splitPictures } from '../training/split.ts';

export type PictureOnSide = LabelledPicture & { split: Split };

/**
 * The labelled pictures whose files are there, on the side of the split on which the run had them, with the labels they
 * have now. Without a run, as a training with the project's recipe would divide them.
 *
 * @param options `withProblems`: also the run's pictures that are missing or have changed, for who names what is left out
 * @throws TwofoldError `nothing-labelled`, `one-class`, `too-few`; `not-found` when none of the run's pictures is left
 */
export async function picturesOnSides(
  { db }: Project,
  run: RunRecord | null,
  { withProblems = false }: { withProblems?: boolean } = {},
): Promise<PictureOnSide[]> {
  const labelled = trainingSet(db);
  const usable = labelled
    .filter(({ problem }) => problem === null)
    .map(({ problem: _, ...picture }) => picture);
  if (run === null) {
    const [zero, one] = getClasses(db);
    const { validationFraction: fraction, seed } = getSettings(db).recipe;
    const set = await splitPictures(usable, { fraction, seed, classes: [zero.name, one.name] });
    return [...set.train, ...set.validation];
  }
  const sides = sidesOf(db, run);
  const onSides = (pictures: readonly LabelledPicture[]): PictureOnSide[] =>
    pictures.flatMap((picture) => {
      const split = sides.get(picture.id);
      return split ? [{ ...picture, split }] : [];
    });
  const pictures = onSides(usable);
  if (pictures.length > 0) return withProblems ? onSides(labelled) : pictures;
  throw new TwofoldError(
    'not-found',
    `None of the pictures of run ${run.id} is left in the project, labelled and with its file in place. Find them again.`,
  );
}

/** On which side of the split a run had each picture, by the picture's id. */
export function sidesOf(db: Db, run: RunRecord): Map<number, Split | null> {
  return new Map(getRunPictures(db, run.id).map(({ id, split }) => [id, split]));
}
