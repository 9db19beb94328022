import { stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { toFailure, TwofoldError, type ErrorCode } from '../../../shared/errors.ts';
import { ProgressMeter } from '../../../shared/progress.ts';
import type { ImportProgress, ImportReport, Inspect } from '../../../shared/library.ts';
import { mapAhead } from '../../support/ahead.ts';
import { applyFacts, type Fact, type ImportContext } from './apply.ts';
import { getClasses } from '../labels/classes.ts';
import { DepthTally } from './depth-tally.ts';
import { joinPath } from '../pictures/directories.ts';
import type { Project } from '../folder.ts';
import { hashFile } from '../../pictures/hash.ts';
import {
  addImportItem,
  addImportNote,
  getImport,
  noCounts,
  startImport,
  updateImport,
  type ImportCounts,
} from './imports.ts';
import { keptSplitsNote } from './kept-splits.ts';
import type { Plan, Planned } from './layout.ts';
import { labelsCanComeBack } from '../labels/labels.ts';
import { chooseClasses, NAMED_ANEW } from './match-classes.ts';
import { findByContent, findByPath, getPictures } from '../pictures/pictures.ts';
import { getSettings } from '../settings.ts';
import { transaction, type Db } from '../database/sql.ts';
import { reason, type WalkResult } from './walk.ts';

export interface ImportOptions {
  /** Decodes a picture and tells what it is; rejects with a TwofoldError where it can't. */
  inspect: Inspect;
  /** Ten times a second at most. */
  onProgress?: (progress: ImportProgress) => void;
  /** Ends the import; what was imported so far stays, and the report's status is `cancelled`. */
  signal?: AbortSignal;
  /** What the classes are called, the second being class 1; default: as they are, else as folders or table name them. */
  classes?: readonly [string, string];
}

export interface Ingest {
  source: ImportReport['source'];
  path: string;
  /** Made in the transaction in which the import begins: it depends on the classes and what is labelled. */
  plan: () => Plan;
  /** What was found beside the pictures. */
  rest: Omit<WalkResult, 'pictures'>;
}

/** What comes of an import that ended before its pictures were known. */
export const CANCELLED: Plan = {
  layout: 'plain',
  count: 0,
  pictures: [],
  naming: null,
  notes: ['It was cancelled while looking for pictures.'],
};

/** Facts that are written together, and how long they wait for each other at most. */
const BATCH = 250;
const BATCH_MS = 250;
/** The window must never wait 50 ms; what is left is for the disk, when the transaction is committed. */
const TRANSACTION_MS = 8;
/** Files under way: enough to keep every decoder busy while one file takes long. */
const AHEAD = 4 * availableParallelism();
/** Failures that are not the picture's: the import can't go on. */
const FATAL = new Set<ErrorCode>(['disk-full', 'read-only', 'busy', 'runtime', 'crashed', 'corrupt']);

/**
 * Imports planned files: looks at each (size and time first, content only where they say something new) and writes what
 * it finds in transactions of at most 250 files, in the plan's order. Importing again changes only what is new.
 *
 * @throws TwofoldError when the import as a whole can't go on; what was imported before stays
 */
export async function ingest(project: Project, task: Ingest, options: ImportOptions): Promise<ImportReport> {
  const { db } = project;
  const { signal } = options;
  const { plan, context } = begin(project, task, options);
  const meter = progressMeter(plan.count, context, options);
  const abort = new AbortController();
  const inspecting = signal ? AbortSignal.any([signal, abort.signal]) : abort.signal;
  let facts: Fact[] = [];
  const depths = new DepthTally();
  let handled = 0;
  let lastFlush = performance.now();
  const flush = async (): Promise<void> => {
    const now = facts;
    facts = [];
    await write(context, now);
    lastFlush = performance.now();
  };
  try {
    const examined = mapAhead(
      plan.pictures,
      AHEAD,
      (planned) => examine(db, planned, options.inspect, inspecting),
      signal,
    );
    for await (const fact of examined) {
      facts.push(fact);
      if (fact.kind === 'read') depths.add(fact.picture.bitsUsed);
      handled++;
      if (facts.length >= BATCH || performance.now() - lastFlush > BATCH_MS) await flush();
      meter(handled);
    }
    await flush();
  } catch (error) {
    abort.abort();
    if (!signal?.aborted) {
      await finishFailed(context, flush);
      throw error;
    }
    await flush();
  }
  const cancelled = signal?.aborted === true && handled < plan.count;
  const [zero, one] = getClasses(db);
  context.counts.classes = [zero.name, one.name];
  const notes = [
    keptSplitsNote(context.keptSplits, context.source),
    depths.note(getSettings(db).recipe.bits16),
  ];
  transaction(db, () => {
    updateImport(db, context.importId, context.counts, cancelled ? 'cancelled' : 'done');
    for (const note of notes) if (note !== null) addImportNote(db, context.importId, note);
  });
  return getImport(db, context.importId);
}

function begin(
  project: Project,
  task: Ingest,
  { classes }: ImportOptions,
): { plan: Plan; context: ImportContext } {
  const { db, folder } = project;
  return transaction(db, () => {
    const isChosenAnew = classes !== undefined && chooseClasses(db, classes);
    const plan = task.plan();
    const isAnew = isChosenAnew || (plan.naming !== null && labelsCanComeBack(db));
    const { unreadable, notPictureKinds, exports } = task.rest;
    const counts: ImportCounts = {
      ...noCounts(),
      found: plan.count + unreadable.length,
      leftOut: unreadable.length,
      leftOutKinds: unreadable.length > 0 ? { unreadable: unreadable.length } : {},
      notPictures: Object.values(notPictureKinds).reduce((sum, count) => sum + count, 0),
      notPictureKinds,
      exports,
      reading: plan.reading ?? '',
      splitFolders: plan.splitFolders ?? null,
    };
    const { source, path } = task;
    const notes = [
      ...plan.notes,
      ...(isChosenAnew ? [NAMED_ANEW] : []),
      ...(counts.found === 0 ? [`No pictures were found in ${path}.`] : []),
    ];
    const importId = startImport(db, { source, path, layout: plan.layout, notes, counts });
    for (const { path: file, message } of unreadable) {
      addImportItem(db, importId, {
        path: file,
        kind: 'left-out',
        code: 'unreadable',
        message,
        pictureId: null,
      });
    }
    const labelSource = source === 'csv' ? 'csv' : 'folder';
    return {
      plan,
      context: {
        db,
        projectFolder: folder,
        importId,
        source: labelSource,
        counts,
        labelBatch: null,
        naming: plan.naming,
        isAnew,
        displaced: new Set<number>(),
        keptSplits: { count: 0, first: null },
      },
    };
  });
}

/** A failed import keeps what it has, as far as the failure allows that. */
async function finishFailed(context: ImportContext, flush: () => Promise<void>): Promise<void> {
  try {
    await flush();
    transaction(context.db, () => updateImport(context.db, context.importId, context.counts, 'failed'));
  } catch {
    // The disk is full or gone: the first failure says so, and the import counts as crashed at the next opening.
  }
}

async function examine(db: Db, planned: Planned, inspect: Inspect, signal: AbortSignal): Promise<Fact> {
  const file = joinPath(planned.directory, planned.name);
  const leftOut = (code: (Fact & { kind: 'left-out' })['code'], message: string, gone = false): Fact => ({
    planned,
    kind: 'left-out',
    code,
    message,
    gone,
  });
  if (planned.refused) return leftOut(planned.refused.code, planned.refused.message);
  try {
    const { size, mtimeMs } = await stat(file);
    const id = findByPath(db, file);
    const known = id === null ? undefined : getPictures(db, [id])[0];
    if (known?.sizeBytes === size && known.mtimeMs === Math.trunc(mtimeMs)) {
      return { planned, kind: 'same', id: known.id };
    }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      return leftOut('not-found', 'There is no file at this path.', true);
    }
    return leftOut('unreadable', `The file could not be read: ${reason(error)}.`);
  }
  try {
    return { planned, kind: 'read', picture: await inspect(file, signal) };
  } catch (error) {
    if (signal.aborted) throw error;
    const { code, message } = toFailure(error);
    if (FATAL.has(code))
      throw error instanceof TwofoldError ? error : new TwofoldError(code, message, { cause: error });
    return leftOut(code, message);
  }
}

/** Writes facts in transactions that take some milliseconds each, however slow or busy the machine is. */
async function write(context: ImportContext, facts: readonly Fact[]): Promise<void> {
  if (facts.length === 0) return;
  const { db } = context;
  await findDisplaced(context, facts);
  for (let start = 0; start < facts.length;) {
    const attempt = { ...context, counts: structuredClone(context.counts) };
    const end = transaction(db, () => {
      const written = applyFacts(attempt, facts, start, TRANSACTION_MS);
      updateImport(db, context.importId, attempt.counts);
      return written;
    });
    context.counts = attempt.counts;
    context.labelBatch = attempt.labelBatch;
    context.naming = attempt.naming;
    start = end;
    if (start < facts.length) await nextTurn();
  }
}

/** Looks which pictures of the same content as a new file are no longer where they were. */
async function findDisplaced(context: ImportContext, facts: readonly Fact[]): Promise<void> {
  const { db, displaced } = context;
  const ids = facts.flatMap((fact) => (fact.kind === 'read' ? findByContent(db, fact.picture.sha256) : []));
  displaced.clear();
  await Promise.all(
    getPictures(db, ids).map(async ({ id, path, sizeBytes, mtimeMs, sha256 }) => {
      try {
        const now = await stat(path);
        if (now.size === sizeBytes && Math.trunc(now.mtimeMs) === mtimeMs) return;
        if (now.size !== sizeBytes || (await hashFile(path)).sha256 !== sha256) displaced.add(id);
      } catch {
        displaced.add(id);
      }
    }),
  );
}

function progressMeter(
  total: number,
  context: ImportContext,
  { onProgress }: ImportOptions,
): (done: number) => void {
  if (!onProgress) return () => undefined;
  const meter = new ProgressMeter(total, (progress) => {
    const { added, leftOut } = context.counts;
    onProgress({ stage: 'reading', ...progress, added, leftOut });
  });
  let last = 0;
  return (done) => {
    // The meter keeps what it is told for some seconds: a hundred times a second is enough for it.
    if (done < total && performance.now() - last < 10) return;
    last = performance.now();
    meter.update(done);
  };
}
