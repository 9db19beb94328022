import path from 'node:path';
import type { LabelledPicture, Split, TrainingPicture } from '../../../shared/jobs.ts';
import type { LabelValue, LibraryCounts, Picture, PictureProblem } from '../../../shared/library.ts';
import { swapClass, swapLabel } from '../../../shared/swap.ts';
import { isSwapped } from '../labels/class-order.ts';
import { findDirectory, joinPath } from './directories.ts';
import { column, rows, run, transaction, value, type Db } from '../database/sql.ts';

/** How labels are stored: skipped is -1, a class as it was before the classes changed places. @param swapped `isSwapped` */
export function toStored(label: LabelValue, swapped: boolean): number | null {
  if (label === 'skipped') return -1;
  return swapped ? swapLabel(label) : label;
}

export function fromStored(label: number | null, swapped: boolean): LabelValue {
  if (label === -1) return 'skipped';
  return swapped ? swapLabel(label as LabelValue) : (label as LabelValue);
}

/** Ids as the one bound value that `json_each` spreads; each once. */
export function idList(ids: Iterable<number>): string {
  return JSON.stringify([...new Set(ids)]);
}

interface PictureRow extends Omit<Picture, 'path' | 'label'> {
  directory: string;
  label: number | null;
}

const COLUMNS = `
  p.id, d.path AS directory, p.name, p.sha256, p.size_bytes AS sizeBytes, p.mtime_ms AS mtimeMs, p.width_px AS width,
  p.height_px AS height, p.format, p.added_at_ms AS addedAtMs, p.import_id AS importId, p.split, p.problem, p.label`;

function toPicture({ directory, ...rest }: PictureRow, swapped: boolean): Picture {
  return { ...rest, path: joinPath(directory, rest.name), label: fromStored(rest.label, swapped) };
}

/** The pictures with these ids, in this order; ids that are not there are left out. */
export function getPictures(db: Db, ids: Iterable<number>): Picture[] {
  const found = rows(
    db,
    `SELECT ${COLUMNS} FROM json_each(:ids) wanted CROSS JOIN pictures p ON p.id = wanted.value
     JOIN directories d ON d.id = p.directory_id ORDER BY wanted.key`,
    { ids: idList(ids) },
  ) as PictureRow[];
  const swapped = isSwapped(db);
  return found.map((picture) => toPicture(picture, swapped));
}

export function getPicture(db: Db, id: number): Picture | null {
  return getPictures(db, [id])[0] ?? null;
}

/** SHA-256 of a picture's content; all that its thumbnail asks for, at a fifth of the cost of its row. */
export function getContent(db: Db, id: number): string | null {
  return (value(db, 'SELECT sha256 FROM pictures WHERE id = :id', { id }) as string | undefined) ?? null;
}

/**
 * Id of the picture at an absolute path; of several (one there, others missing) the one that is there.
 * Compares text: give the real path of the folder when it may lie behind a symbolic link.
 */
export function findByPath(db: Db, file: string): number | null {
  const directory = findDirectory(db, path.dirname(file));
  if (directory === undefined) return null;
  const found = value(
    db,
    `SELECT id FROM pictures WHERE directory_id = :directory AND name = :name
     ORDER BY problem IS 'missing', id LIMIT 1`,
    { directory, name: path.basename(file) },
  );
  return (found as number | undefined) ?? null;
}

/** Ids of the pictures with this content, oldest first. */
export function findByContent(db: Db, sha256: string): number[] {
  return column(db, 'SELECT id FROM pictures WHERE sha256 = :sha256 ORDER BY id', { sha256 }) as number[];
}

/** Counts of everything, from an index: about 5 ms at 100,000 pictures. */
export function getCounts(db: Db): LibraryCounts {
  const counts: LibraryCounts = {
    total: 0,
    unlabelled: 0,
    classes: [0, 0],
    skipped: 0,
    train: 0,
    validation: 0,
    test: 0,
    testClasses: [0, 0],
    missing: 0,
    changed: 0,
  };
  const groups = rows(db, 'SELECT label, split, count(*) AS n FROM pictures GROUP BY label, split') as {
    label: number | null;
    split: Split | null;
    n: number;
  }[];
  const swapped = isSwapped(db);
  for (const { label, split, n } of groups) {
    counts.total += n;
    if (split) counts[split] += n;
    if (label === 0 || label === 1) {
      const shown = swapped ? swapClass(label) : label;
      counts.classes[shown] += n;
      if (split === 'test') counts.testClasses[shown] += n;
    } else if (label === null) counts.unlabelled += n;
    else counts.skipped += n;
  }
  const problems = rows(
    db,
    'SELECT problem, count(*) AS n FROM pictures WHERE problem IS NOT NULL GROUP BY problem',
  ) as { problem: PictureProblem; n: number }[];
  for (const { problem, n } of problems) counts[problem] = n;
  return counts;
}

/** For large libraries: pictures after this id, at most so many. */
interface Page {
  after?: number;
  limit?: number;
}
interface WithProblem {
  problem: PictureProblem | null;
}

/** Whether a picture, in the test set or not, has the content of one in it. */
const IN_TEST_SET = `EXISTS (SELECT 1 FROM pictures t WHERE t.split = 'test' AND t.sha256 = p.sha256)`;

/**
 * The pictures to train on: of a class, not skipped, not in the test set, in the order of their ids.
 * `problem` is what was known at the last import or check; whoever reads the files decides.
 *
 * @param options `twins`: also those whose content is in the test set, for who names what is left out
 */
export function trainingSet(
  db: Db,
  { twins = false, ...page }: Page & { twins?: boolean } = {},
): (TrainingPicture & WithProblem)[] {
  const isOutside = twins ? "p.split IS NOT 'test'" : `NOT ${IN_TEST_SET}`;
  return labelled(db, isOutside, page) as (TrainingPicture & WithProblem)[];
}

/** The pictures to test runs with: of a class, not skipped, in the test set, in the order of their ids. */
export function testSet(db: Db, page: Page = {}): (LabelledPicture & WithProblem)[] {
  return labelled(db, "p.split = 'test'", page);
}

/** The contents (SHA-256) of the test set, labelled or not. */
export function testContents(db: Db): string[] {
  return column(db, "SELECT sha256 FROM pictures WHERE split = 'test' ORDER BY sha256") as string[];
}

function labelled(
  db: Db,
  condition: string,
  { after = 0, limit = -1 }: Page,
): (LabelledPicture & WithProblem)[] {
  const found = rows(
    db,
    `SELECT p.id, d.path AS directory, p.name, p.sha256, p.label, p.split, p.problem
     FROM pictures p JOIN directories d ON d.id = p.directory_id
     WHERE p.id > :after AND +p.label IN (0, 1) AND ${condition} ORDER BY p.id LIMIT :limit`,
    { after, limit },
  ) as (Omit<LabelledPicture, 'path'> & WithProblem & { directory: string; name: string })[];
  const swapped = isSwapped(db);
  return found.map(({ directory, name, label, ...rest }) => ({
    ...rest,
    label: swapped ? swapClass(label) : label,
    path: joinPath(directory, name),
  }));
}

/** Sets or clears (null: training decides) the split of pictures. Returns how many changed. */
export function setSplit(db: Db, ids: Iterable<number>, split: Split | null): number {
  return transaction(
    db,
    () =>
      run(
        db,
        `UPDATE pictures SET split = :split
         WHERE id IN (SELECT value FROM json_each(:ids)) AND split IS NOT :split`,
        { ids: idList(ids), split },
      ).changes,
  );
}

/** Takes pictures that are in the test set out of it; training decides then. Returns how many. */
export function leaveTestSet(db: Db, ids: Iterable<number>): number {
  return transaction(
    db,
    () =>
      run(
        db,
        `UPDATE pictures SET split = NULL
         WHERE id IN (SELECT value FROM json_each(:ids)) AND split = 'test'`,
        { ids: idList(ids) },
      ).changes,
  );
}

/** Takes pictures, with their labels and history, out of the project; the files stay. Returns how many. */
export function removePictures(db: Db, ids: Iterable<number>): number {
  return transaction(db, () => {
    const { changes } = run(db, 'DELETE FROM pictures WHERE id IN (SELECT value FROM json_each(:ids))', {
      ids: idList(ids),
    });
    // Batches of removed pictures only would make an undo that does nothing.
    run(
      db,
      `UPDATE label_batches SET state = 'fixed' WHERE state IN ('done', 'undone')
       AND is_swap = 0 AND NOT EXISTS (SELECT 1 FROM label_events e WHERE e.batch_id = label_batches.id)`,
    );
    run(db, 'DELETE FROM directories WHERE id NOT IN (SELECT directory_id FROM pictures)');
    return changes;
  });
}
