import path from 'node:path';
import type { LibraryFolder } from '../../../shared/library/pictures.ts';
import { rows, type Db } from '../database/sql.ts';
import { fold } from '../pictures/names.ts';

/** The folders with pictures and their parents, from the deepest common folder down; parents first. */
export function listFolders(db: Db): LibraryFolder[] {
  const own = rows<{ path: string; count: number }>(
    db,
    `SELECT d.path, count(*) AS count FROM pictures p JOIN directories d ON d.id = p.directory_id GROUP BY d.id`,
  );
  const root = commonFolder(own.map((one) => one.path));
  const folders = new Map<string, LibraryFolder>();
  for (const { path: directory, count } of own) {
    const names = below(root, directory);
    for (let depth = 0; depth <= names.length; depth++) {
      const folder = path.join(root, ...names.slice(0, depth));
      const known = folders.get(folder);
      if (known) known.count += count;
      else folders.set(folder, { path: folder, name: path.basename(folder) || folder, depth, count });
    }
  }
  const order = new Intl.Collator('en', { numeric: true });
  const keys = new Map([...folders.keys()].map((folder) => [folder, folder.replaceAll(path.sep, '\u0001')]));
  return [...folders.values()].sort((a, b) => order.compare(keys.get(a.path)!, keys.get(b.path)!));
}

/** For each word: ids of the directories whose path contains it, from the common folder down. */
export function searchFolders(db: Db, words: readonly string[]): number[][] {
  if (words.length === 0) return [];
  const known = rows<{ id: number; path: string }>(
    db,
    // Directories that no longer contain pictures must not affect the common folder.
    'SELECT id, path FROM directories d WHERE EXISTS (SELECT 1 FROM pictures WHERE directory_id = d.id)',
  );
  const from = path.dirname(commonFolder(known.map((one) => one.path)));
  const folded = known.map((one) => ({ id: one.id, names: fold(one.path.slice(from.length)) }));
  return words.map((word) => folded.filter(({ names }) => names.includes(word)).map(({ id }) => id));
}

/** The deepest folder that contains all directories; a single directory itself. */
function commonFolder(directories: readonly string[]): string {
  const [first = path.sep, ...others] = directories;
  let names = first.split(path.sep);
  for (const other of others) {
    const its = other.split(path.sep);
    const differs = names.findIndex((name, index) => name !== its[index]);
    if (differs >= 0) names = names.slice(0, differs);
  }
  return names.join(path.sep) || path.sep;
}

function below(root: string, directory: string): string[] {
  return path.relative(root, directory).split(path.sep).filter(Boolean);
}
