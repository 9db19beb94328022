import { z } from 'zod';
import type { ImportItem, ImportItemKind, ImportReport } from '../../../shared/library/import.ts';
import { classNamesSchema } from '../../../shared/library/classes.ts';
import { TwofoldError } from '../../../shared/errors.ts';
import { isGone, thisProcess } from '../../support/processes.ts';
import { fromJson, row, rows, run, transaction, type Db } from '../database/sql.ts';

/** Reports of imports, stored so that they can be shown later. */

const countSchema = z.number().default(0);
const placedSchema = z
  .object({
    classes: z.tuple([z.number(), z.number()]).default([0, 0]),
    skipped: countSchema,
    unlabelled: countSchema,
  })
  .prefault({});

/** The JSON column `counts`. Older versions of Twofold wrote fewer fields. */
const countsSchema = z.object({
  found: countSchema,
  added: countSchema,
  alreadyThere: countSchema,
  duplicates: countSchema,
  moved: countSchema,
  changed: countSchema,
  leftOut: countSchema,
  labelled: countSchema,
  notPictures: countSchema,
  notPictureKinds: z.record(z.string(), z.number()).default({}),
  leftOutKinds: z.record(z.string(), z.number()).default({}),
  hidden: countSchema,
  exports: z.array(z.string()).default([]),
  placed: z
    .object({ train: placedSchema, validation: placedSchema, test: placedSchema, undecided: placedSchema })
    .prefault({}),
  classes: classNamesSchema.nullable().default(null),
  reading: z.string().default(''),
  splitFolders: z.tuple([z.string(), z.string()]).nullable().default(null),
});
export type ImportCounts = z.infer<typeof countsSchema>;

export const noCounts = (): ImportCounts => countsSchema.parse({});

export type ImportStart = Pick<ImportReport, 'source' | 'path' | 'layout' | 'notes'> & {
  counts: ImportCounts;
};

/** Stores the start of an import, in the caller's transaction. Returns its id. */
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

/** Adds a note to an import. */
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
  const what = `import ${rest.importId}`;
  return {
    ...rest,
    ...fromJson(countsSchema, counts, what),
    notes: fromJson(z.array(z.string()), notes, what),
  };
}

/** @throws TwofoldError `not-found` */
export function getImport(db: Db, id: number): ImportReport {
  const found = row<ImportRow>(db, `SELECT ${COLUMNS} FROM imports WHERE id = :id`, { id });
  if (!found) throw new TwofoldError('not-found', `There is no import ${id} in this project.`);
  return toReport(found);
}

/** All imports, newest first. */
export function listImports(db: Db): ImportReport[] {
  return rows<ImportRow>(db, `SELECT ${COLUMNS} FROM imports ORDER BY id DESC`).map(toReport);
}

/**
 * Files of an import that were skipped, moved or changed, in the order in which they were found.
 *
 * @param page of one kind, from an offset, at most `limit`; default: all
 */
export function listImportItems(
  db: Db,
  importId: number,
  page: { kind?: ImportItemKind; offset?: number; limit?: number } = {},
): ImportItem[] {
  return rows<ImportItem>(
    db,
    `SELECT path, kind, code, message, (SELECT id FROM pictures WHERE id = picture_id) AS pictureId FROM import_items
     WHERE import_id = :importId AND (:kind IS NULL OR kind = :kind) ORDER BY id LIMIT :limit OFFSET :offset`,
    { importId, kind: page.kind ?? null, limit: page.limit ?? -1, offset: page.offset ?? 0 },
  );
}

/** Marks imports whose process has died as `crashed`; called when a project is opened. */
export function markInterruptedImports(db: Db): void {
  const running = rows<{ id: number; process: string }>(
    db,
    `SELECT id, process FROM imports WHERE status = 'running'`,
  );
  const died = running.filter(({ process }) => isGone(process));
  if (died.length === 0) return;
  transaction(db, () => {
    for (const { id } of died) run(db, `UPDATE imports SET status = 'crashed' WHERE id = :id`, { id });
  });
}
