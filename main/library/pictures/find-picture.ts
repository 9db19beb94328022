import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { hashFile } from '../../pictures/hash.ts';
import { joinPath } from './directories.ts';
import { fileKey } from './names.ts';
import { findByContent, findByPath, getPictures } from './pictures.ts';
import { rows, type Db } from '../database/sql.ts';

/**
 * Finds pictures of the project by paths as people write them (absolute or from the working directory), in this order:
 * the very path; the path with the symbolic links of its folders resolved; the only picture whose path is the same in
 * NFC; the picture that is a link to the same file, or the file that the link leads to.
 *
 * @returns a function that answers with the picture's id, or null; it remembers what it has read of the library, so
 *   make a new one for each command
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
    const resolved = joinPath(await real(path.dirname(given)), path.basename(given));
    const exact = findByPath(db, given) ?? findByPath(db, resolved);
    if (exact !== null) return exact;
    const alike = inFolder(path.dirname(resolved)).get(fileKey(path.basename(resolved))) ?? [];
    return alike.length === 1 ? alike[0]! : findLinked(db, resolved);
  };
}

/** The real path of a place, as far as it exists: what is typed in another form of Unicode does not. */
async function resolveLinks(place: string): Promise<string> {
  try {
    return await realpath(place);
  } catch {
    const parent = path.dirname(place);
    return parent === place ? place : joinPath(await resolveLinks(parent), path.basename(place));
  }
}

/** Ids of the pictures in all directories whose path has this key, by the keys of their names. */
function namesIn(db: Db, folderKey: string): Map<string, number[]> {
  const directories = rows(db, 'SELECT id, path FROM directories') as { id: number; path: string }[];
  const names = new Map<string, number[]>();
  for (const { id: directory, path: folder } of directories) {
    if (fileKey(folder) !== folderKey) continue;
    const pictures = rows(db, 'SELECT id, name FROM pictures WHERE directory_id = :directory', {
      directory,
    }) as { id: number; name: string }[];
    for (const { id, name } of pictures) {
      names.set(fileKey(name), [...(names.get(fileKey(name)) ?? []), id]);
    }
  }
  return names;
}

/** The picture that is the same file by another name: one of both paths, or both, are symbolic links. */
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
    // There is no file at this path, or it can't be read.
  }
  return null;
}
