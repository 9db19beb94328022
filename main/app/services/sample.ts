import { cp } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { TwofoldError } from '../../../shared/errors.ts';
import { replaceFolder } from '../../files/atomic-folder.ts';
import { resourceFolder } from '../../files/paths.ts';

/** The folders of sample pictures that are the two classes. */
const CLASSES = ['animals', 'food'];
const NAME = 'Twofold sample';

/**
 * Copies the sample pictures once to where a person keeps their own, since resources of the app may have another
 * path after the next start (as in an AppImage), and since a person may want to change them.
 *
 * @returns the project's folder (not made here) and the folder of pictures, whose sub-folders are the classes
 * @throws TwofoldError `not-found` where no sample pictures came with this Twofold
 */
export async function prepareSample(documents: string): Promise<{ folder: string; pictures: string }> {
  const pictures = join(documents, `${NAME} pictures`);
  if (!existsSync(pictures)) {
    const from = join(resourceFolder(), 'samples');
    if (!CLASSES.every((name) => existsSync(join(from, name)))) {
      throw new TwofoldError(
        'not-found',
        'The sample pictures are not there. Run "npm run setup" once, or open a folder of your own pictures.',
      );
    }
    await replaceFolder(pictures, { durable: false }, async (folder) => {
      for (const name of CLASSES) await cp(join(from, name), join(folder, name), { recursive: true });
    });
  }
  return { folder: join(documents, `${NAME}.twofold`), pictures };
}
