import { stat } from 'node:fs/promises';
import path from 'node:path';
import { TwofoldError } from '../../shared/errors.ts';
import { walk } from '../library/import/walk.ts';

/**
 * The files that a person means by naming files and folders: folders give what import would find in them, in the order of
 * their names; a file that is named is always taken, and what can't be read is reported with the others.
 *
 * @throws TwofoldError `not-found` when a folder holds no picture
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
    if (pictures.length === 0) throw new TwofoldError('not-found', `There is no picture in ${place}.`);
    files.push(...pictures.map(({ directory, name }) => path.join(directory, name)).sort());
  }
  return files;
}
