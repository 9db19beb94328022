import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { hashFile } from '../../pictures/hash.ts';
import { fileKey } from './names.ts';
import { findByContent, findByPath, getPictures } from './pictures.ts';
import { pathOf, placeOf } from './place.ts';
import { rows, type Db } from '../database/sql.ts';

/**
 * Finds pictures of the project by paths as entered (absolute, or relative to the working directory), trying in this
 * order: the exact path; the path with symbolic links of its folders resolved; the only picture whose path is the
 * same in NFC; the picture that is a link to the same file, or the file that the link points to.
 *
 * @returns a function from path to the picture's id, or null; it caches what it reads, so create one for each command
 */
export function pictureFinder(db: Db): (file: string) => Promise<number | null> {
  const realFolders = new Map<string, Promise<string>>();
  const byKey = new Map<string, Map<string, number[]>>();
  const real = (folder: string): Promise<string> => {
    let found = realFolders.get(folder);
    if (!found) realFolders.set(folder, (found = resolveLinks(folder)));
    return found;
  };
  const inFolder = (folder: string): Map<string, number[]> => {
    const key = fileKey(folder);
    let names = byKey.get(key);
    if (!names) byKey.set(key, (names = namesIn(db, key)));
    return names;
  };
  return async (file) => {
    const given = path.resolve(file);
    const resolved = pathOf({ directory: await real(path.dirname(given)), name: path.basename(given) });
    const exact = findByPath(db, given) ?? findByPath(db, resolved);
    if (exact !== null) return exact;
    const alike = inFolder(path.dirname(resolved)).get(fileKey(path.basename(resolved))) ?? [];
    return alike.length === 1 ? alike[0]! : findLinked(db, resolved);
  };
}

/** The real path of a folder as far as it exists: a name typed in another Unicode form does not. */
async function resolveLinks(folder: string): Promise<string> {
  try {
    return await realpath(folder);
  } catch {
    const { directory, name } = placeOf(folder);
    return directory === folder ? folder : pathOf({ directory: await resolveLinks(directory), name });
  }
}

/** Ids of the pictures in all directories whose path has this key, by `fileKey` of their names. */
function namesIn(db: Db, folderKey: string): Map<string, number[]> {
  const directories = rows<{ id: number; path: string }>(db, 'SELECT id, path FROM directories');
  const names = new Map<string, number[]>();
  for (const { id: directory, path: folder } of directories) {
    if (fileKey(folder) !== folderKey) continue;
    const pictures = rows<{ id: number; name: string }>(
      db,
      'SELECT id, name FROM pictures WHERE directory_id = :directory',
      { directory },
    );
    for (const { id, name } of pictures) {
      names.set(fileKey(name), [...(names.get(fileKey(name)) ?? []), id]);
    }
  }
  return names;
}

/** The picture that is the same file under another path, where either path is a symbolic link. */
async function findLinked(db: Db, file: string): Promise<number | null> {
  try {
    const target = await realpath(file);
    const direct = findByPath(db, target);
    if (direct !== null) return direct;
    const { sha256 } = await hashFile(target);
    for (const { id, path: known } of getPictures(db, findByContent(db, sha256))) {
      if ((await realpath(known).catch(() => null)) === target) return id;
    }
  } catch {
    // No file at this path, or an unreadable one.
  }
  return null;
}
