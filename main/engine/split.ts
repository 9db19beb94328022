import { hash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { TwofoldError } from '../../shared/errors.ts';
import type { TrainingPicture } from '../../shared/labelled-picture.ts';
import { formatCount } from '../../shared/format.ts';
import type { Recipe } from '../../shared/recipe.ts';
import { swapClass } from '../../shared/swap.ts';
import { getClasses } from '../library/labels/classes.ts';
import type { Project } from '../library/folder.ts';
import { testContents, testSet, trainingSet } from '../library/pictures/pictures.ts';
import { isSwapped } from '../library/labels/class-order.ts';
import { splitPictures, withoutContents, type DividedPictures } from '../training/split.ts';

/** Labelled pictures per query, which takes about 15 ms. */
const PAGE = 5000;

export interface ProjectSplit extends DividedPictures {
  /** Pictures excluded from training because the test set has the same content or a near-duplicate. */
  testCopies: TrainingPicture[];
  /** Labelled pictures outside the test set that are excluded, since their files are missing or have changed. */
  unusable: number;
  /** `dataFingerprint` of these pictures. */
  fingerprint: string;
}

/**
 * Splits a project's labelled pictures into training and validation set, for training and for exports of projects
 * without a run. Only pictures whose files existed unchanged at the last check are used. A picture without a stored
 * split is excluded if the test set has a near-duplicate of it.
 *
 * @param groups group key of each content that has near-duplicates, see `findDuplicates`; default: none
 * @throws TwofoldError `not-found` if all files are missing or changed; the errors of `splitPictures`
 */
export async function splitProject(
  project: Project,
  { validationFraction: fraction, seed }: Pick<Recipe, 'validationFraction' | 'seed'>,
  groups: ReadonlyMap<string, string> = new Map(),
): Promise<ProjectSplit> {
  const { db } = project;
  const contents = testContents(db);
  const tested = new Set(contents.flatMap((content) => groups.get(content) ?? []));
  const { usable, unusable } = await usablePictures(project);
  const same = withoutContents(usable, new Set(contents));
  const isNear = ({ split, sha256 }: TrainingPicture): boolean =>
    split === null && tested.has(groups.get(sha256) ?? '');
  const testCopies = [...same.left, ...same.kept.filter(isNear)];
  const [zero, one] = getClasses(db);
  const split = await splitPictures(
    same.kept.filter((picture) => !isNear(picture)),
    {
      fraction,
      seed,
      classes: [zero.name, one.name],
      hasTestSet: testCopies.length > 0 || testSet(db, { limit: 1 }).length > 0,
      groupOf: ({ sha256 }) => groups.get(sha256) ?? sha256,
    },
  ).catch((error: unknown) => {
    throw unusable > 0 && error instanceof TwofoldError ? withoutFiles(error, unusable) : error;
  });
  return { ...split, testCopies, unusable, fingerprint: dataFingerprint(split, isSwapped(db)) };
}

/**
 * Identifies what a run learns from, whatever its seed: the contents and labels of its pictures, and their sides unless the
 * seed decides them. It depends neither on the order of the pictures nor on that of the classes.
 */
function dataFingerprint({ train, validation, isDrawn }: DividedPictures, swapped: boolean): string {
  const lines = [...train, ...validation].map(
    ({ sha256, label, split }) =>
      `${sha256} ${swapped ? swapClass(label) : label} ${isDrawn ? 'drawn' : split}`,
  );
  return hash('sha256', lines.sort().join('\n'));
}

/**
 * The labelled pictures outside the test set whose files are usable, and how many are not. Reads page by page, so that
 * the app responds in between.
 */
export async function usablePictures({
  db,
}: Project): Promise<{ usable: TrainingPicture[]; unusable: number }> {
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
  return { usable, unusable };
}

function allUnusable(count: number): TwofoldError {
  return new TwofoldError(
    'missing-files',
    count === 1
      ? 'The only labelled file outside the test set is missing or has changed. If it was moved or renamed, locate its folder ("Locate folder…" in the Library, or twofold locate), then try again.'
      : `All ${formatCount(count)} labelled files outside the test set are missing or have changed. If their folder was moved or renamed, locate it ("Locate folder…" in the Library, or twofold locate), then try again.`,
  );
}

/** Missing files may be why what is left can't be trained on, which is then said first. */
function withoutFiles({ code, message }: TwofoldError, unusable: number): TwofoldError {
  const files =
    unusable === 1
      ? '1 labelled file is missing or has'
      : `${formatCount(unusable)} labelled files are missing or have`;
  return new TwofoldError(
    code,
    `${files} changed. If a folder was moved or renamed, locate it ("Locate folder…" in the Library, or twofold locate). Without these files: ${message}`,
  );
}
