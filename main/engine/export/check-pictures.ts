import type { RunRecord } from '../../../shared/library/runs.ts';
import type { Project } from '../../library/folder.ts';
import { trainingSet } from '../../library/pictures/pictures.ts';
import type { RunFile } from '../../training/run-folder.ts';
import { choosePictures, type CheckPicture } from '../../export/verify/compare.ts';
import { sidesOf } from './split-pictures.ts';

/** The pictures on which exports of a run are verified. */
export interface CheckSet {
  pictures: CheckPicture[];
  /** Pictures of the run that are missing, have changed, or are no longer labelled or in the project. */
  unavailable: number;
}

/**
 * Chooses from the available pictures of a run, see `choosePictures`. The set may be empty.
 *
 * @param counts pictures of class 0 and 1 that the run was trained and validated on
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
