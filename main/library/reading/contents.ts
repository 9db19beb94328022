import type { Split } from '../../../shared/split.ts';
import type { LabelValue } from '../../../shared/library/labels.ts';
import type { PictureProblem } from '../../../shared/library/pictures.ts';
import { isSwapped } from '../labels/class-order.ts';
import { fromStored, idList } from '../pictures/pictures.ts';
import { pathOf, type Place } from '../pictures/place.ts';
import { rows, type Db } from '../database/sql.ts';

/** The columns of a picture that the index needs. */
export interface PictureContent {
  id: number;
  path: string;
  sha256: string;
  label: LabelValue;
  split: Split | null;
  problem: PictureProblem | null;
}

/** Rows per query where other work continues between them: a few milliseconds. */
const PAGE = 1000;

type StoredContent = Omit<PictureContent, 'path' | 'label'> & Place & { label: number | null };

const SELECT = `SELECT p.id, d.path AS directory, p.name, p.sha256, p.label, p.split, p.problem
   FROM pictures p JOIN directories d ON d.id = p.directory_id`;

/** Every picture of the project, in order of id. */
export function listContents(db: Db): PictureContent[] {
  return contentsOf(db, rows<StoredContent>(db, `${SELECT} ORDER BY p.id`));
}

/** The same in pages, of pictures that are in the project when their page is read. @yields each page */
export function* contentPages(db: Db): Generator<PictureContent[], void> {
  for (let after = -1; ;) {
    const page = rows<StoredContent>(db, `${SELECT} WHERE p.id > :after ORDER BY p.id LIMIT :most`, {
      after,
      most: PAGE,
    });
    yield contentsOf(db, page);
    if (page.length < PAGE) return;
    after = page.at(-1)!.id;
  }
}

/** Some pictures of the project, in order of id; unknown ids are skipped. */
export function getContents(db: Db, ids: Iterable<number>): PictureContent[] {
  const sql = `${SELECT} WHERE p.id IN (SELECT value FROM json_each(:ids)) ORDER BY p.id`;
  return contentsOf(db, rows<StoredContent>(db, sql, { ids: idList(ids) }));
}

function contentsOf(db: Db, found: readonly StoredContent[]): PictureContent[] {
  const swapped = isSwapped(db);
  return found.map(({ directory, name, label, ...rest }) => ({
    ...rest,
    path: pathOf({ directory, name }),
    label: fromStored(label, swapped),
  }));
}

/** Path and SHA-256 of the pictures, one per content: the last of each. */
export function distinctContents(
  pictures: readonly Pick<PictureContent, 'path' | 'sha256'>[],
): { path: string; sha256: string }[] {
  return [...new Map(pictures.map(({ sha256, path }) => [sha256, { path, sha256 }])).values()];
}
