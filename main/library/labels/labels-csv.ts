import path from 'node:path';
import { TwofoldError, type ErrorCode } from '../../../shared/errors.ts';
import type { Split } from '../../../shared/split.ts';
import { SKIPPED } from '../../../shared/library/classes.ts';
import type { LabelSource, LabelValue } from '../../../shared/library/labels.ts';
import { plural } from '../../../shared/format.ts';
import { writeAtomically } from '../../files/atomic-file.ts';
import { toCsv } from '../../files/csv.ts';
import { isSwapped } from './class-order.ts';
import { getClasses } from './classes.ts';
import { pathOf, type Place } from '../pictures/place.ts';
import type { Project } from '../folder.ts';
import { addBatch } from './labels.ts';
import { findByPlace, fromStored, getPicture, setSplit } from '../pictures/pictures.ts';
import { rows, transaction, type Db } from '../database/sql.ts';
import { projectFinder } from '../tables/find-pictures.ts';
import { RENAMED, renameClasses } from '../import/match-classes.ts';
import { countLabels, readLabels } from '../tables/labels.ts';
import { expectedAt } from '../tables/cell-path.ts';
import { readPictureTable, type FoundRow } from '../tables/read.ts';

/** Columns of labels.csv. `when`: ISO 8601 in UTC; `label`: the class's name, or `skipped`. */
export const LABEL_COLUMNS = ['path', 'sha256', 'label', 'split', 'when', 'source'] as const;

export type LabelCsvRow = Record<(typeof LABEL_COLUMNS)[number], string>;

interface LabelRow extends Place {
  id: number;
  sha256: string;
  label: number;
  split: string | null;
  atMs: number | null;
  source: LabelSource | null;
}

/**
 * The rows of labels.csv: every labelled or skipped picture, in the order they were added.
 *
 * @param page ids above `after`, at most `limit` rows
 */
export function labelRows(
  db: Db,
  page: { after?: number; limit?: number } = {},
): (LabelCsvRow & { id: number })[] {
  const names = getClasses(db).map(({ name }) => name);
  const swapped = isSwapped(db);
  const found = rows<LabelRow>(
    db,
    `SELECT p.id, d.path AS directory, p.name, p.sha256, p.label, p.split, b.at_ms AS atMs, b.source
     FROM pictures p JOIN directories d ON d.id = p.directory_id LEFT JOIN label_batches b ON b.id = p.label_batch_id
     WHERE p.id > :after AND +p.label IS NOT NULL ORDER BY p.id LIMIT :limit`,
    { after: page.after ?? 0, limit: page.limit ?? -1 },
  );
  return found.map(({ id, directory, name, sha256, label, split, atMs, source }) => ({
    id,
    path: pathOf({ directory, name }),
    sha256,
    label: names[fromStored(label, swapped) as number] ?? SKIPPED,
    split: split ?? '',
    when: atMs === null ? '' : new Date(atMs).toISOString(),
    source: source ?? '',
  }));
}

/** labels.csv as text: the header and `labelRows`. */
export function exportLabelsCsv(db: Db): string {
  return toCsv(labelRows(db), LABEL_COLUMNS);
}

/** Rows per turn of the event loop: about 10 ms. */
const PAGE = 1000;

/**
 * Writes labels.csv atomically in pieces, without blocking other work.
 *
 * @param sides splits by picture id, such as those of a run, for pictures without a stored one
 * @returns the number of rows
 * @throws the file system's error, for `toFailure`; an existing file is unchanged then
 */
export async function writeLabelsCsv(
  db: Db,
  file: string,
  sides: ReadonlyMap<number, Split> = new Map(),
): Promise<number> {
  return writeAtomically(file, async (handle) => {
    await handle.write(toCsv([], LABEL_COLUMNS));
    let count = 0;
    for (let after = 0; ;) {
      const page = labelRows(db, { after, limit: PAGE });
      const last = page.at(-1);
      if (!last) return count;
      after = last.id;
      count += page.length;
      const divided = page.map((row) => ({ ...row, split: row.split || (sides.get(row.id) ?? '') }));
      await handle.write(toCsv(divided, LABEL_COLUMNS, { header: false }));
    }
  });
}

export interface LabelsImport {
  /** Pictures whose label changed. */
  changed: number;
  /** Rows that were not used. */
  problems: { path: string; code: ErrorCode; message: string }[];
  /** How the table was read, as sentences. */
  notes: string[];
}

/**
 * Sets labels of the project's pictures from a table: one written by `exportLabelsCsv`, or any that docs/tables.md
 * describes. Pictures are found by path, otherwise by content if the table has a sha256 column, otherwise by name if it
 * is unique in the project. All labels are one undo step. An empty label changes nothing; of several rows for one
 * picture the last counts. Pictures that the table has in the test set are moved there, which undo does not revert;
 * other splits are ignored, since an exported table also has those of a run.
 *
 * @throws TwofoldError `not-found`, `unsupported`, `bad-input`; nothing is changed then
 */
export async function importLabelsCsv(
  { db }: Project,
  file: string,
  source: LabelSource = 'csv',
): Promise<LabelsImport> {
  const folder = path.dirname(path.resolve(file));
  const table = (await readPictureTable(file, projectFinder(db, folder)))!;
  if (!table.hasLabels) {
    throw new TwofoldError(
      'bad-input',
      `${path.basename(file)} has no label column. Expected a picture and its label in each row, for example photos/1.jpg,cat. Nothing was changed.`,
    );
  }
  const found = table.rows.filter((row): row is FoundRow => row.match.kind === 'one');
  const problems = table.rows.flatMap(({ given, cell, problem }) =>
    problem ? [{ path: expectedAt(cell, given, folder), ...problem }] : [],
  );
  return transaction(db, () => {
    const { labelOf, naming, notes } = readLabels(db, countLabels(found), path.basename(file), false);
    const labels = new Map<number, LabelValue>();
    const inTestSet = new Set<number>();
    let contrary = 0;
    let otherSplits = 0;
    for (const row of found) {
      const label = labelOf(row.label);
      const id = findByPlace(db, row.match.place);
      if (id === null) continue;
      if (row.split === 'test') inTestSet.add(id);
      else if (row.split && getPicture(db, id)?.split !== row.split) otherSplits++;
      if (label === null) continue;
      if (labels.has(id) && labels.get(id) !== label) contrary++;
      labels.set(id, label);
    }
    if (contrary > 0) {
      notes.push(
        `${plural(contrary, 'row contradicts', 'rows contradict')} the label of an earlier row for the same picture; the last row counts.`,
      );
    }
    if (otherSplits > 0) {
      notes.push(
        `${plural(otherSplits, 'row has', 'rows have')} a different split from the picture, which was not changed: only the test set is read from the split column.`,
      );
    }
    const groups = ([0, 1, 'skipped'] as const).map((label) => ({
      label,
      ids: [...labels].filter(([, given]) => given === label).map(([id]) => id),
    }));
    const { batch, changes } = addBatch(db, groups, source);
    const moved = setSplit(db, inTestSet, 'test');
    if (moved > 0) notes.push(`${plural(moved, 'picture')} added to the test set.`);
    if (naming && batch !== null && renameClasses(db, naming, batch)) notes.push(RENAMED);
    return { changed: changes.length, problems, notes: [...table.notes, ...notes] };
  });
}
