import { TwofoldError } from '../../shared/errors.ts';
import { pictureFinder } from '../library/pictures/find-picture.ts';
import type { Project } from '../library/folder.ts';

/** The ids of imported pictures; a mistyped name fails before any picture is changed. @throws TwofoldError `not-found` */
export async function idsOf({ db }: Project, files: string[]): Promise<number[]> {
  const find = pictureFinder(db);
  const ids: number[] = [];
  for (const file of files) {
    const id = await find(file);
    if (id === null) {
      throw new TwofoldError(
        'not-found',
        `${file} is not in this project. Import it first: twofold import FOLDER --project PROJECT`,
      );
    }
    ids.push(id);
  }
  return ids;
}

/** `idsOf` for one picture. */
export const idOf = async (project: Project, file: string): Promise<number> =>
  (await idsOf(project, [file]))[0]!;
