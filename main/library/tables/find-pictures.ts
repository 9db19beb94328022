import path from 'node:path';
import { inTurns } from '../../support/in-turns.ts';
import { pictureFinder } from '../pictures/find-picture.ts';
import { findByContent, getPicture } from '../pictures/pictures.ts';
import { placeOf, type Place } from '../pictures/place.ts';
import { rows, type Db } from '../database/sql.ts';
import { each, type Finder } from './find-files.ts';
import { NameIndex, type Match } from './name-index.ts';

const AT_ONCE = 100;
const PAGE = 5000;

/**
 * Finds pictures of a project, even if their files are missing: by path, by content, or by the last parts of their
 * paths if these are unique in the project.
 *
 * @param folder folder of the table
 */
export function projectFinder(db: Db, folder: string): Finder {
  const find = pictureFinder(db);
  let index: NameIndex | undefined;
  const matchOf = (id: number | null | undefined, by: 'path' | 'content'): Match | null => {
    const picture = id == null ? null : getPicture(db, id);
    return picture && { kind: 'one', place: placeOf(picture.path), by };
  };
  return {
    where: 'in this project',
    atPath: async (paths) => {
      const found: Match[] = [];
      for await (const some of inTurns(paths, AT_ONCE)) {
        for (const { local } of some) {
          const id = local === null || local === '' ? null : await find(path.resolve(folder, local));
          found.push(matchOf(id, 'path') ?? { kind: 'none' });
        }
      }
      return found;
    },
    byName: (paths) => {
      const names = (index ??= indexPictures(db));
      return each(paths, (one) => names.find(one));
    },
    byContent: (sha256) => matchOf(findByContent(db, sha256)[0], 'content'),
  };
}

function indexPictures(db: Db): NameIndex {
  const index = new NameIndex();
  for (let after = 0; ;) {
    const page = rows<Place & { id: number }>(
      db,
      `SELECT p.id, d.path AS directory, p.name FROM pictures p JOIN directories d ON d.id = p.directory_id
       WHERE p.id > :after ORDER BY p.id LIMIT :limit`,
      { after, limit: PAGE },
    );
    for (const { id, ...place } of page) {
      index.add(place);
      after = id;
    }
    if (page.length < PAGE) return index;
  }
}
