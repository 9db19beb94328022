import type { Split } from '../../../shared/split.ts';
import type { LabelValue } from '../../../shared/library/labels.ts';
import type { PictureProblem } from '../../../shared/library/pictures.ts';
import { isSwapped } from '../labels/class-order.ts';
import { fromStored } from '../pictures/pictures.ts';
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

/** Every picture of the project, in order of id. */
export function listContents(db: Db): PictureContent[] {
  const found = rows<Omit<PictureContent, 'path' | 'label'> & Place & { label: number | null }>(
    db,
    `SELECT p.id, d.path AS directory, p.name, p.sha256, p.label, p.split, p.problem
     FROM pictures p JOIN directories d ON d.id = p.directory_id ORDER BY p.id`,
  );
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
