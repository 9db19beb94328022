import path from 'node:path';
import { TwofoldError, type ErrorCode } from '../../../shared/errors.ts';
import type { Split } from '../../../shared/jobs.ts';
import { SKIPPED, type LabelSource, type LabelValue } from '../../../shared/library.ts';
import { plural } from '../../../shared/format.ts';
import { writeAtomically } from '../../files/atomic-file.ts';
import { toCsv } from '../../files/csv.ts';
import { isSwapped } from './class-order.ts';
import { getClasses } from './classes.ts';
import { joinPath } from '../pictures/directories.ts';
import type { Project } from '../folder.ts';
import { addBatch } from './labels.ts';
import { findByPath, fromStored, getPicture, setSplit } from '../pictures/pictures.ts';
import { rows, transaction, type Db } from '../database/sql.ts';
import { projectFinder } from '../tables/find-pictures.ts';
import { NAMED_ANEW, nameAnew } from '../import/match-classes.ts';
import { countLabels, readLabels } from '../tables/labels.ts';
import { expectedAt } from '../tables/place.ts';
import { readPictureTable, type FoundRow } from '../tables/read.ts';

/** Columns of labels.csv. `when`: ISO 8601 in UTC; `label`: the class's name, or `skipped`. */
export const LABEL_COLUMNS = ['path', 'sha256', 'label', 'split', 'when', 'source'] as const;

export type LabelCsvRow = Record<(typeof LABEL_COLUMNS)[number], string>;

/**
 * Every picture that is labelled or skipped, in the order they were added: what labels.csv holds.
 *
 * @param page for large libraries: pictures after this id, at most so many
 */
export function labelRows(
  db: Db,
  page: { after?: number; limit?: number } = {},
): (LabelCsvRow & { id: number })[] {
  const names = getClasses(db).map(({ name }) => name);
  const swapped = isSwapped(db);
  const found = rows(
    db,
    `SELECT p.id, d.path AS directory, p.name, p.sha256, p.label, p.split, b.at_ms AS atMs, b.source
     FROM pictures p JOIN directories d ON d.id = p.directory_id LEFT JOIN label_batches b ON b.id = p.label_batch_id
     WHERE p.id > :after AND +p.label IS NOT NULL ORDER BY p.id LIMIT :limit`,
    { after: page.after ?? 0, limit: page.limit ?? -1 },
  ) as {
    id: number;
    directory: string;
    name: string;
    sha256: string;
    label: number;
    split: string | null;
    atMs: number | null;
    source: LabelSource | null;
  }[];
  return found.map(({ id, directory, name, sha256, label, split, atMs, source }) => ({
    id,
    path: joinPath(directory, name),
    sha256,
    label: names[fromStored(label, swapped) as number] ?? SKIPPED,
    split: split ?? '',
    when: atMs === null ? '' : new Date(atMs).toISOString(),
    source: source ?? '',
  }));
}

/** labels.csv as text: `LABEL_COLUMNS`, one row a labelled or skipped picture, UTF-8. */
export function exportLabelsCsv(db: Db): string {
  return toCsv(labelRows(db), LABEL_COLUMNS);
}

/** Rows a turn of the event loop: about 10 ms. */
const PAGE = 1000;

/**
 * Writes labels.csv atomically, in pieces, so that other work goes on meanwhile.
 *
 * @param sides of the split, by picture, where none was set: those of a run
 * @returns how many rows it has
 * @throws the file system's error, for `toFailure`; whatever was at `file` is untouched then
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
  /** Pictures whose label is another one now. */
  changed: number;
  /** Rows that were of no use; `path` as the table has it. */
  problems: { path: string; code: ErrorCode; message: string }[];
  /** How the table was read, in sentences. */
  notes: string[];
}

/**
 * Sets the labels of pictures that are in the project as a table says (as `exportLabelsCsv` writes it, or any that
 * docs/tables.md describes). Pictures are found by path, else by content where the table has a sha256 column, else by
 * name where it is unique in the project. One batch: one undo takes it back. An empty label leaves a picture as it is;
 * of several rows for a picture the last counts. What the table has in the test set goes there, and is part of no undo; other
 * splits are left as they are, since an exported table has those of a run too.
 *
 * @throws TwofoldError `not-found`, `unsupported`, `bad-input` (nothing is changed then)
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
      `${path.basename(file)} has no column of labels, so nothing was changed. Expected a picture and its label a row, for example photos/1.jpg,cat.`,
    );
  }
  const found = table.rows.filter((row): row is FoundRow => row.match.kind === 'one');
  const problems = table.rows.flatMap(({ given, place, problem }) =>
    problem ? [{ path: expectedAt(place, given, folder), ...problem }] : [],
  );
  return transaction(db, () => {
    const { labelOf, naming, notes } = readLabels(db, countLabels(found), path.basename(file), false);
    const labels = new Map<number, LabelValue>();
    const tested = new Set<number>();
    let contrary = 0;
    let otherSplits = 0;
    for (const row of found) {
      const label = labelOf(row.label);
      const id = findByPath(db, row.match.path);
      if (id === null) continue;
      if (row.split === 'test') tested.add(id);
      else if (row.split && getPicture(db, id)?.split !== row.split) otherSplits++;
      if (label === null) continue;
      if (labels.has(id) && labels.get(id) !== label) contrary++;
      labels.set(id, label);
    }
    if (contrary > 0) {
      notes.push(
        `${plural(contrary, 'row gives', 'rows give')} a picture another label than a row before; the last one counts.`,
      );
    }
    if (otherSplits > 0) {
      notes.push(
        `${plural(otherSplits, 'row has', 'rows have')} another split than the picture, which was left as it is: of the splits only the test set is taken.`,
      );
    }
    const groups = ([0, 1, 'skipped'] as const).map((label) => ({
      label,
      ids: [...labels].filter(([, given]) => given === label).map(([id]) => id),
    }));
    const { batch, changes } = addBatch(db, groups, source);
    const moved = setSplit(db, tested, 'test');
    if (moved > 0) notes.push(`${plural(moved, 'picture')} put into the test set, as the table says.`);
    if (naming && batch !== null && nameAnew(db, naming, batch)) notes.push(NAMED_ANEW);
    return { changed: changes.length, problems, notes: [...table.notes, ...notes] };
  });
}
