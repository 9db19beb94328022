import type { ImportItem, ImportItemKind, ImportReport, PlacedCounts } from '../../../shared/library.ts';
import { TwofoldError } from '../../../shared/errors.ts';
import { isGone, thisProcess } from '../../support/processes.ts';
import { row, rows, run, transaction, value, type Db } from '../database/sql.ts';

/** What an import found out, kept so that its list of files can be shown at any later time. */

export type ImportCounts = Omit<
  ImportReport,
  'importId' | 'source' | 'path' | 'layout' | 'status' | 'startedAtMs' | 'finishedAtMs' | 'notes'
>;

export function noCounts(): ImportCounts {
  const none = (): PlacedCounts => ({ classes: [0, 0], skipped: 0, unlabelled: 0 });
  return {
    found: 0,
    added: 0,
    alreadyThere: 0,
    duplicates: 0,
    moved: 0,
    changed: 0,
    leftOut: 0,
    labelled: 0,
    notPictures: 0,
    notPictureKinds: {},
    leftOutKinds: {},
    exports: [],
    placed: { train: none(), validation: none(), test: none(), undecided: none() },
    classes: null,
    reading: '',
    splitFolders: null,
  };
}

export type ImportStart = Pick<ImportReport, 'source' | 'path' | 'layout' | 'notes'> & {
  counts: ImportCounts;
};

/** Notes that an import begins, in the caller's transaction. Returns its id. */
export function startImport(db: Db, { source, path, layout, notes, counts }: ImportStart): number {
  return run(
    db,
    `INSERT INTO imports (source, path, layout, status, process, started_at_ms, counts, notes)
     VALUES (:source, :path, :layout, 'running', :process, :now, :counts, :notes)`,
    {
      source,
      path,
      layout,
      process: thisProcess(),
      now: Date.now(),
      counts: JSON.stringify(counts),
      notes: JSON.stringify(notes),
    },
  ).id;
}

export function updateImport(
  db: Db,
  id: number,
  counts: ImportCounts,
  status: ImportReport['status'] = 'running',
): void {
  run(
    db,
    'UPDATE imports SET counts = :counts, status = :status, finished_at_ms = :finished WHERE id = :id',
    {
      id,
      counts: JSON.stringify(counts),
      status,
      finished: status === 'running' ? null : Date.now(),
    },
  );
}

/** Adds a sentence about the whole to those that an import began with. */
export function addImportNote(db: Db, id: number, note: string): void {
  run(db, `UPDATE imports SET notes = json_insert(notes, '$[#]', :note) WHERE id = :id`, { id, note });
}

export function addImportItem(db: Db, importId: number, item: ImportItem): void {
  run(
    db,
    `INSERT INTO import_items (import_id, path, kind, code, message, picture_id)
     VALUES (:importId, :path, :kind, :code, :message, :pictureId)`,
    { importId, ...item },
  );
}

interface ImportRow extends Omit<ImportReport, keyof ImportCounts | 'notes'> {
  counts: string;
  notes: string;
}

const COLUMNS = `id AS importId, source, path, layout, status, started_at_ms AS startedAtMs,
  finished_at_ms AS finishedAtMs, counts, notes`;

function toReport({ counts, notes, ...rest }: ImportRow): ImportReport {
  // Imports of an older Twofold have fewer of them.
  const stored = JSON.parse(counts) as Partial<ImportCounts>;
  return { ...rest, ...noCounts(), ...stored, notes: JSON.parse(notes) as string[] };
}

/** @throws TwofoldError `not-found` */
export function getImport(db: Db, id: number): ImportReport {
  const found = row(db, `SELECT ${COLUMNS} FROM imports WHERE id = :id`, { id });
  if (found === undefined) {
    throw new TwofoldError('not-found', `There is no import ${id} in this project.`);
  }
  return toReport(found as ImportRow);
}

/** All imports, newest first. */
export function listImports(db: Db): ImportReport[] {
  return (rows(db, `SELECT ${COLUMNS} FROM imports ORDER BY id DESC`) as ImportRow[]).map(toReport);
}

/**
 * Files of an import that there is something to say about, in the order they were met.
 *
 * @param page one kind only, and from where and how many; default: everything
 */
export function listImportItems(
  db: Db,
  importId: number,
  page: { kind?: ImportItemKind; offset?: number; limit?: number } = {},
): ImportItem[] {
  return rows(
    db,
    `SELECT path, kind, code, message, picture_id AS pictureId FROM import_items
     WHERE import_id = :importId AND (:kind IS NULL OR kind = :kind) ORDER BY id LIMIT :limit OFFSET :offset`,
    { importId, kind: page.kind ?? null, limit: page.limit ?? -1, offset: page.offset ?? 0 },
  ) as ImportItem[];
}

/** How many files `listImportItems` has. */
export function countImportItems(db: Db, importId: number, kind?: ImportItemKind): number {
  return value(
    db,
    'SELECT count(*) FROM import_items WHERE import_id = :importId AND (:kind IS NULL OR kind = :kind)',
    { importId, kind: kind ?? null },
  ) as number;
}

/** Imports whose process has died are `crashed`; what they had imported stays. Called when a project is opened. */
export function markInterruptedImports(db: Db): void {
  const running = rows(db, `SELECT id, process FROM imports WHERE status = 'running'`) as {
    id: number;
    process: string;
  }[];
  const died = running.filter(({ process }) => isGone(process));
  if (died.length === 0) return;
  transaction(db, () => {
    for (const { id } of died) run(db, `UPDATE imports SET status = 'crashed' WHERE id = :id`, { id });
  });
}
