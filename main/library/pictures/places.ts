import path from 'node:path';
import { directoryId } from './directories.ts';
import { fold, nameKey } from './names.ts';
import { findByPlace } from './pictures.ts';
import type { Place } from './place.ts';
import { exists, run, type Db, type Params } from '../database/sql.ts';

/** Marks the picture at a place that another one is about to take as `missing`. */
export function clearPlace(db: Db, place: Place, forId: number): void {
  const here = findByPlace(db, place);
  if (here !== null && here !== forId) {
    run(db, `UPDATE stored_pictures SET problem = 'missing' WHERE id = :here`, { here });
  }
}

/** The columns of a picture that follow from its place. */
export function placeColumns(db: Db, projectFolder: string, { directory, name }: Place): Params {
  return {
    directory: directoryId(db, projectFolder, directory),
    name,
    folded: fold(path.parse(name).name),
    nameKey: nameKey(name),
  };
}

/** Moves a picture to another place, which must be free (`clearPlace`). */
export function setPlace(db: Db, projectFolder: string, id: number, place: Place): void {
  run(
    db,
    `UPDATE stored_pictures SET directory_id = :directory, name = :name, folded = :folded, name_key = :nameKey, problem = NULL
     WHERE id = :id`,
    { id, ...placeColumns(db, projectFolder, place) },
  );
}

/** Whether another picture that is not missing is at this picture's place. */
export function placeIsTaken(db: Db, id: number): boolean {
  return exists(
    db,
    `SELECT 1 FROM pictures p JOIN pictures other
       ON other.directory_id = p.directory_id AND other.name = p.name AND other.id <> p.id
     WHERE p.id = :id AND other.problem IS NOT 'missing'`,
    { id },
  );
}
