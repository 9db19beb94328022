import { stat } from 'node:fs/promises';
import path from 'node:path';
import { TwofoldError } from '../../shared/errors.ts';
import { walk } from '../library/import/walk.ts';

/**
 * Expands folders among the given paths to the pictures that an import would find in them, sorted by name. Paths of files
 * are returned as they are, readable or not.
 *
 * @throws TwofoldError `not-found` if a folder contains no picture
 */
export async function listFiles(given: readonly string[]): Promise<string[]> {
  const files: string[] = [];
  for (const place of given.map((name) => path.resolve(name))) {
    const isFolder = await stat(place).then(
      (found) => found.isDirectory(),
      () => false,
    );
    if (!isFolder) {
      files.push(place);
      continue;
    }
    const { pictures } = await walk(place);
    if (pictures.length === 0)
      throw new TwofoldError('not-found', `${place} contains no pictures. Choose another folder.`);
    files.push(...pictures.map(({ directory, name }) => path.join(directory, name)).sort());
  }
  return files;
}
