import type { Split } from '../../../shared/jobs.ts';
import type { LabelValue, PictureProblem } from '../../../shared/library.ts';
import { isSwapped } from '../labels/class-order.ts';
import { joinPath } from '../pictures/directories.ts';
import { fromStored } from '../pictures/pictures.ts';
import { rows, type Db } from '../database/sql.ts';

/** What the index needs of a picture. */
export interface PictureContent {
  id: number;
  path: string;
  sha256: string;
  label: LabelValue;
  split: Split | null;
  problem: PictureProblem | null;
}

/** Every picture of the project, in the order of their ids. */
export function listContents(db: Db): PictureContent[] {
  const found = rows(
    db,
    `SELECT p.id, d.path AS directory, p.name, p.sha256, p.label, p.split, p.problem
     FROM pictures p JOIN directories d ON d.id = p.directory_id ORDER BY p.id`,
  ) as (Omit<PictureContent, 'path' | 'label'> & { directory: string; name: string; label: number | null })[];
  const swapped = isSwapped(db);
  return found.map(({ directory, name, label, ...rest }) => ({
    ...rest,
    path: joinPath(directory, name),
    label: fromStored(label, swapped),
  }));
}
