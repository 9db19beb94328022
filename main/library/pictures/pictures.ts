import type { LabelledPicture, TrainingPicture } from '../../../shared/labelled-picture.ts';
import type { Split } from '../../../shared/split.ts';
import type { LabelValue } from '../../../shared/library/labels.ts';
import type { LibraryCounts, Picture, PictureProblem } from '../../../shared/library/pictures.ts';
import { swapClass, swapLabel } from '../../../shared/swap.ts';
import { isSwapped } from '../labels/class-order.ts';
import { pathOf, placeOf, type Place } from './place.ts';
import { column, rows, run, transaction, value, type Db } from '../database/sql.ts';

/** A label as stored: skipped is -1, and classes keep their index when they are swapped. @param swapped `isSwapped` */
export function toStored(label: LabelValue, swapped: boolean): number | null {
  if (label === 'skipped') return -1;
  return swapped ? swapLabel(label) : label;
}

export function fromStored(label: number | null, swapped: boolean): LabelValue {
  if (label === -1) return 'skipped';
  return swapped ? swapLabel(label as LabelValue) : (label as LabelValue);
}

/** Distinct ids as one bound value for `json_each`. */
export function idList(ids: Iterable<number>): string {
  return JSON.stringify([...new Set(ids)]);
}

interface PictureRow extends Omit<Picture, 'path' | 'label'>, Place {
  label: number | null;
}

const COLUMNS = `
  p.id, d.path AS directory, p.name, p.sha256, p.size_bytes AS sizeBytes, p.mtime_ms AS mtimeMs, p.width_px AS width,
  p.height_px AS height, p.format, p.added_at_ms AS addedAtMs, p.import_id AS importId, p.split, p.problem, p.label`;

function toPicture({ directory, ...rest }: PictureRow, swapped: boolean): Picture {
  return { ...rest, path: pathOf({ directory, name: rest.name }), label: fromStored(rest.label, swapped) };
}

/**
 * The pictures with these ids, in this order; unknown ids are skipped.
 *
 * @param run `r1`, `r2`, …: adds the set of each picture in that run
 */
export function getPictures(db: Db, ids: Iterable<number>, run: string | null = null): Picture[] {
  const inRun = run === null ? '' : 'LEFT JOIN run_pictures r ON r.run_number = :run AND r.picture_id = p.id';
  const found = rows<PictureRow>(
    db,
    `SELECT ${COLUMNS}${run === null ? '' : ', r.split AS runSplit'}
     FROM json_each(:ids) wanted CROSS JOIN pictures p ON p.id = wanted.value
     JOIN directories d ON d.id = p.directory_id ${inRun} ORDER BY wanted.key`,
    { ids: idList(ids), ...(run !== null && { run: Number(run.slice(1)) }) },
  );
  const swapped = isSwapped(db);
  return found.map((picture) => toPicture(picture, swapped));
}

export function getPicture(db: Db, id: number): Picture | null {
  return getPictures(db, [id])[0] ?? null;
}

/** SHA-256 of a picture's content; for thumbnails, at a fifth of the cost of `getPicture`. */
export function getContent(db: Db, id: number): string | null {
  return value<string>(db, 'SELECT sha256 FROM pictures WHERE id = :id', { id }) ?? null;
}

/**
 * Id of the picture at a place, preferring one that is not missing; null if there is none. Paths are compared as
 * text: pass the real path of a directory that may be a symbolic link.
 */
export function findByPlace(db: Db, { directory, name }: Place): number | null {
  const found = value<number>(
    db,
    `SELECT p.id FROM directories d JOIN pictures p ON p.directory_id = d.id
     WHERE d.path = :directory AND p.name = :name ORDER BY p.problem IS 'missing', p.id LIMIT 1`,
    { directory, name },
  );
  return found ?? null;
}

/** `findByPlace` for an absolute path. */
export function findByPath(db: Db, file: string): number | null {
  return findByPlace(db, placeOf(file));
}

/** Ids of the pictures with this content, oldest first. */
export function findByContent(db: Db, sha256: string): number[] {
  return column<number>(db, 'SELECT id FROM pictures WHERE sha256 = :sha256 ORDER BY id', { sha256 });
}

/** Pictures by label, split and problem, counted from indexes: about 5 ms at 100,000 pictures. */
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
    trainableMissing: 0,
  };
  const groups = rows<{ label: number | null; split: Split | null; n: number }>(
    db,
    'SELECT label, split, count(*) AS n FROM pictures GROUP BY label, split',
  );
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
  const problems = rows<{ problem: PictureProblem; isTrainable: number; n: number }>(
    db,
    `SELECT problem, coalesce(label IN (0, 1), 0) AND split IS NOT 'test' AS isTrainable, count(*) AS n
     FROM pictures WHERE problem IS NOT NULL GROUP BY 1, 2`,
  );
  for (const { problem, isTrainable, n } of problems) {
    counts[problem] += n;
    if (problem === 'missing' && isTrainable === 1) counts.trainableMissing += n;
  }
  return counts;
}

/** A part of a large result: pictures with ids above `after`, at most `limit`. */
interface Page {
  after?: number;
  limit?: number;
}
interface WithProblem {
  problem: PictureProblem | null;
}

/** SQL: whether a picture `p`, in the test set or not, has the content of one in it. */
export const IN_TEST_SET = `EXISTS (SELECT 1 FROM pictures t WHERE t.split = 'test' AND t.sha256 = p.sha256)`;

/**
 * The pictures to train on: labelled with a class and not in the test set, in order of id. `problem` is the result of
 * the last import or check; the file may have changed since.
 *
 * @param options `twins`: include pictures whose content is in the test set, to report them
 */
export function trainingSet(
  db: Db,
  { twins = false, ...page }: Page & { twins?: boolean } = {},
): (TrainingPicture & WithProblem)[] {
  const isOutside = twins ? "p.split IS NOT 'test'" : `NOT ${IN_TEST_SET}`;
  return labelled<TrainingPicture>(db, isOutside, page);
}

/** The labelled pictures of the test set, in order of id. */
export function testSet(db: Db, page: Page = {}): (LabelledPicture & WithProblem)[] {
  return labelled<LabelledPicture>(db, "p.split = 'test'", page);
}

/** SHA-256 of every picture of the test set, labelled or not. */
export function testContents(db: Db): string[] {
  return column<string>(db, "SELECT sha256 FROM pictures WHERE split = 'test' ORDER BY sha256");
}

function labelled<P extends LabelledPicture>(
  db: Db,
  condition: string,
  { after = 0, limit = -1 }: Page,
): (P & WithProblem)[] {
  const found = rows<P & WithProblem & Place>(
    db,
    `SELECT p.id, d.path AS directory, p.name, p.sha256, p.label, p.split, p.problem
     FROM pictures p JOIN directories d ON d.id = p.directory_id
     WHERE p.id > :after AND +p.label IN (0, 1) AND ${condition} ORDER BY p.id LIMIT :limit`,
    { after, limit },
  );
  const swapped = isSwapped(db);
  return found.map(({ directory, name, ...rest }) => ({
    ...rest,
    label: swapped ? swapClass(rest.label) : rest.label,
    path: pathOf({ directory, name }),
  })) as (P & WithProblem)[];
}

/** Sets the split of pictures, or clears it (null: training decides). Returns how many changed. */
export function setSplit(db: Db, ids: Iterable<number>, split: Split | null): number {
  return transaction(
    db,
    () =>
      run(
        db,
        `UPDATE stored_pictures SET split = :split
         WHERE id IN (SELECT value FROM json_each(:ids)) AND split IS NOT :split`,
        { ids: idList(ids), split },
      ).changes,
  );
}

/** Removes pictures from the test set, so that training decides their split. Returns how many changed. */
export function leaveTestSet(db: Db, ids: Iterable<number>): number {
  return transaction(
    db,
    () =>
      run(
        db,
        `UPDATE stored_pictures SET split = NULL
         WHERE id IN (SELECT value FROM json_each(:ids)) AND split = 'test'`,
        { ids: idList(ids) },
      ).changes,
  );
}
