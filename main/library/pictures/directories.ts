import { existsSync } from 'node:fs';
import path from 'node:path';
import { rows, run, transaction, value, type Db } from '../database/sql.ts';

/** Path of a directory relative to the project's folder; null if there is none (another drive on Windows). */
function relative(projectFolder: string, directory: string): string | null {
  const found = path.relative(projectFolder, directory);
  return path.isAbsolute(found) ? null : found.split(path.sep).join('/');
}

/** The id of a directory; undefined if it has no pictures. */
function findDirectory(db: Db, directory: string): number | undefined {
  return value<number>(db, 'SELECT id FROM directories WHERE path = :directory', { directory });
}

/** The id of a directory (absolute, real path), which is added if new. */
export function directoryId(db: Db, projectFolder: string, directory: string): number {
  return (
    findDirectory(db, directory) ??
    run(db, 'INSERT INTO directories (path, relative_path) VALUES (:directory, :relative)', {
      directory,
      relative: relative(projectFolder, directory),
    }).id
  );
}

/**
 * Updates the pictures' directories after the project was moved. Those inside the project moved with it. The others
 * keep their path if it still exists, otherwise they get the same path relative to the project.
 */
export function rebaseDirectories(db: Db, projectFolder: string): void {
  const known = rows<{ id: number; path: string; relative: string | null }>(
    db,
    'SELECT id, path, relative_path AS relative FROM directories',
  );
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
      run(db, 'UPDATE directories SET path = :now WHERE id = :id', { id, now });
    }
    const now = rows<{ id: number; path: string }>(db, 'SELECT id, path FROM directories');
    for (const { id, path: directory } of now) {
      run(db, 'UPDATE directories SET relative_path = :relative WHERE id = :id', {
        id,
        relative: relative(projectFolder, directory),
      });
    }
    run(db, 'UPDATE project SET folder = :projectFolder', { projectFolder });
  });
}
