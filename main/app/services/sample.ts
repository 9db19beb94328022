import { cp, readdir } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { TwofoldError } from '../../../shared/errors.ts';
import { replaceFolder } from '../../files/atomic-folder.ts';
import { resourceFolder } from '../../files/paths.ts';

/** The folders of sample pictures that are the two classes. */
const CLASSES = ['flags', 'smileys'];
const NAME = 'Twofold sample';

/**
 * Copies the sample pictures once to where a person keeps their own, since resources of the app may have another
 * path after the next start (as in an AppImage), and since a person may want to change them.
 *
 * @returns the project's folder (not made here) and the folder of pictures, whose sub-folders are the classes
 * @throws TwofoldError `not-found` where no sample pictures came with this Twofold
 */
export async function prepareSample(documents: string): Promise<{ folder: string; pictures: string }> {
  const { folder, pictures, unseen } = placesIn(documents);
  if (!existsSync(pictures)) {
    const from = join(resourceFolder(), 'samples');
    if (!CLASSES.every((name) => existsSync(join(from, name)))) {
      throw new TwofoldError(
        'not-found',
        'The sample pictures are not there. Run "npm run setup" once, or open a folder of your own pictures.',
      );
    }
    await copyFolder(join(resourceFolder(), 'unseen'), unseen);
    await copyFolder(from, pictures);
  }
  return { folder, pictures };
}

/**
 * The pictures to try the sample's runs on, which were copied along with the sample and are not in its project.
 *
 * @param folder of the open project
 * @returns paths, by name; none where the project is not the sample
 */
export async function unseenPictures(folder: string, documents: string): Promise<string[]> {
  const places = placesIn(documents);
  if (resolve(folder) !== resolve(places.folder) || !existsSync(places.unseen)) return [];
  const names = await readdir(places.unseen);
  return names.sort().map((name) => join(places.unseen, name));
}

function placesIn(documents: string): { folder: string; pictures: string; unseen: string } {
  return {
    folder: join(documents, `${NAME}.twofold`),
    pictures: join(documents, `${NAME} pictures`),
    unseen: join(documents, `${NAME} unseen pictures`),
  };
}

const copyFolder = (from: string, to: string): Promise<void> =>
  replaceFolder(to, { durable: false }, (draft) => cp(from, draft, { recursive: true }));
