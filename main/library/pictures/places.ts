import path from 'node:path';
import { directoryId } from './directories.ts';
import { fold, nameKey } from './names.ts';
import { findByPath } from './pictures.ts';
import { run, value, type Db } from '../database/sql.ts';

/** Whoever is noted at a path that another picture is to take is `missing` from now on. */
export function clearPlace(db: Db, file: string, forId: number): void {
  const here = findByPath(db, file);
  if (here !== null && here !== forId) {
    run(db, `UPDATE pictures SET problem = 'missing' WHERE id = :here`, { here });
  }
}

/** Notes that a picture lies at another path now; the place must be free (`clearPlace`). */
export function setPlace(db: Db, projectFolder: string, id: number, file: string): void {
  const name = path.basename(file);
  run(
    db,
    `UPDATE pictures SET directory_id = :directory, name = :name, folded = :folded, name_key = :nameKey, problem = NULL
     WHERE id = :id`,
    {
      id,
      directory: directoryId(db, projectFolder, path.dirname(file)),
      name,
      folded: fold(path.parse(name).name),
      nameKey: nameKey(name),
    },
  );
}

/** Whether another picture that is not missing is noted at this picture's path. */
export function placeIsTaken(db: Db, id: number): boolean {
  return (
    value(
      db,
      `SELECT EXISTS (SELECT 1 FROM pictures p JOIN pictures other
         ON other.directory_id = p.directory_id AND other.name = p.name AND other.id <> p.id
         WHERE p.id = :id AND other.problem IS NOT 'missing')`,
      { id },
    ) === 1
  );
}
