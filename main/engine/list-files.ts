import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { TwofoldError } from '../../shared/errors.ts';

/** Endings of picture files; inside a folder only these are taken, while a file named by a person is always tried. */
const PICTURE_ENDING = /\.(jpe?g|jpe|jfif|png|webp|gif|bmp|dib|tiff?|avif)$/i;

/**
 * The files that a person means by naming files and folders: folders give their pictures, sub-folders too, in the order
 * of their names; hidden ones are passed over.
 *
 * @throws TwofoldError `not-found` when a folder holds none
 */
export async function listFiles(given: readonly string[]): Promise<string[]> {
  const files: string[] = [];
  for (const place of given.map((name) => path.resolve(name))) {
    // What does not exist is reported with the others, as a picture that can't be read.
    const isFolder = await stat(place).then(
      (found) => found.isDirectory(),
      () => false,
    );
    if (!isFolder) {
      files.push(place);
      continue;
    }
    const entries = await readdir(place, { recursive: true, withFileTypes: true });
    const pictures = entries
      .filter((entry) => !entry.isDirectory() && PICTURE_ENDING.test(entry.name))
      .map((entry) => path.join(entry.parentPath, entry.name))
      .filter(
        (file) =>
          !path
            .relative(place, file)
            .split(path.sep)
            .some((part) => part.startsWith('.')),
      )
      .sort();
    if (pictures.length === 0) throw new TwofoldError('not-found', `There is no picture in ${place}.`);
    files.push(...pictures);
  }
  return files;
}
