import { existsSync } from 'node:fs';
import path from 'node:path';
import { fold } from './names.ts';
import { rows, run, transaction, value, type Db } from '../database/sql.ts';

/** Path of a file in a directory; cheaper than `path.join`, which 100,000 rows would notice. */
export function joinPath(directory: string, name: string): string {
  return directory.endsWith(path.sep) ? directory + name : directory + path.sep + name;
}

/** From the project's folder to a directory; null where there is no such path (another drive on Windows). */
function relative(projectFolder: string, directory: string): string | null {
  const found = path.relative(projectFolder, directory);
  return path.isAbsolute(found) ? null : found.split(path.sep).join('/');
}

/** The id of a directory, or undefined where no picture lies there. */
export function findDirectory(db: Db, directory: string): number | undefined {
  return value(db, 'SELECT id FROM directories WHERE path = :directory', { directory }) as number | undefined;
}

/** The id of a directory (absolute, real path), added where it is new. */
export function directoryId(db: Db, projectFolder: string, directory: string): number {
  return (
    findDirectory(db, directory) ??
    run(db, 'INSERT INTO directories (path, relative_path, folded) VALUES (:directory, :relative, :folded)', {
      directory,
      relative: relative(projectFolder, directory),
      folded: fold(path.basename(directory)),
    }).id
  );
}

/**
 * Notes that the project lies somewhere else now and finds its pictures' directories again. Those beneath the project
 * moved with it. Of the others the old place counts if it still exists, else the one at the same way from the project.
 */
export function rebaseDirectories(db: Db, projectFolder: string): void {
  const known = rows(db, 'SELECT id, path, relative_path AS relative FROM directories') as {
    id: number;
    path: string;
    relative: string | null;
  }[];
  const kept = new Set(known.map(({ path: old }) => old));
  const moved = known.flatMap(({ id, path: old, relative: way }) => {
    if (way === null) return [];
    const now = path.resolve(projectFolder, way);
    const beneath = !way.startsWith('..');
    const take = now !== old && !kept.has(now) && (beneath || !existsSync(old)) && existsSync(now);
    return take ? [{ id, now }] : [];
  });
  transaction(db, () => {
    for (const { id, now } of moved) {
      run(db, 'UPDATE directories SET path = :now, folded = :folded WHERE id = :id', {
        id,
        now,
        folded: fold(path.basename(now)),
      });
    }
    for (const { id, path: directory } of rows(db, 'SELECT id, path FROM directories') as typeof known) {
      run(db, 'UPDATE directories SET relative_path = :relative WHERE id = :id', {
        id,
        relative: relative(projectFolder, directory),
      });
    }
    run(db, 'UPDATE project SET folder = :projectFolder', { projectFolder });
  });
}
