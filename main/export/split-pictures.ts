import { TwofoldError } from '../../shared/errors.ts';
import type { LabelledPicture, Split } from '../../shared/jobs.ts';
import type { RunRecord } from '../../shared/library.ts';
import { getClasses } from '../library/classes.ts';
import type { Project } from '../library/folder.ts';
import { trainingSet } from '../library/pictures.ts';
import { getRunPictures } from '../library/predictions.ts';
import { getSettings } from '../library/settings.ts';
import { splitPictures } from '../training/split.ts';

export type PictureOnSide = LabelledPicture & { split: Split };

/**
 * The labelled pictures whose files are there, on the side of the split on which the run had them, with the labels they
 * have now. Without a run, as a training with the project's recipe would divide them.
 *
 * @throws TwofoldError `nothing-labelled`, `one-class`, `too-few`; `not-found` when none of the run's pictures is left
 */
export function picturesOnSides({ db }: Project, run: RunRecord | null): PictureOnSide[] {
  const usable = trainingSet(db)
    .filter(({ problem }) => problem === null)
    .map(({ problem: _, ...picture }) => picture);
  if (run === null) {
    const [zero, one] = getClasses(db);
    const { validationFraction: fraction, seed } = getSettings(db).recipe;
    const set = splitPictures(usable, { fraction, seed, classes: [zero.name, one.name] });
    return [...set.train, ...set.validation];
  }
  const sides = new Map(getRunPictures(db, run.id).map(({ id, split }) => [id, split]));
  const pictures = usable.flatMap((picture): PictureOnSide[] => {
    const split = sides.get(picture.id);
    return split ? [{ ...picture, split }] : [];
  });
  if (pictures.length > 0) return pictures;
  throw new TwofoldError(
    'not-found',
    `None of the pictures of run ${run.id} is left in the project, labelled and with its file in place. Find them again.`,
  );
}
