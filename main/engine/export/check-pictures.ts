import type { RunRecord } from '../../../shared/library.ts';
import type { Project } from '../../library/folder.ts';
import { trainingSet } from '../../library/pictures/pictures.ts';
import type { RunFile } from '../../training/run-folder.ts';
import { choosePictures, type CheckPicture } from '../../export/verify/compare.ts';
import { sidesOf } from './split-pictures.ts';

/** What the exports of a run are checked with. */
export interface CheckSet {
  pictures: CheckPicture[];
  /** Pictures it was trained with that are missing, have changed, or are no longer labelled or in the project. */
  unavailable: number;
}

/**
 * Pictures a run was trained with whose files are there, as `choosePictures` chooses. None may be left.
 *
 * @param counts of the pictures it was trained with
 */
export function checkSet(
  { db }: Project,
  run: RunRecord,
  { train, validation }: RunFile['counts'],
): CheckSet {
  const sides = sidesOf(db, run);
  const usable = trainingSet(db).flatMap(({ problem, id, path, sha256, label }): CheckPicture[] => {
    const split = sides.get(id);
    return problem === null && split ? [{ path, sha256, label, split }] : [];
  });
  const had = [...train, ...validation].reduce((sum, count) => sum + count, 0);
  return { pictures: choosePictures(usable), unavailable: Math.max(0, had - usable.length) };
}
