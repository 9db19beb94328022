import { availableParallelism } from 'node:os';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { ProgressMeter } from '../../../shared/progress.ts';
import type { ImportProgress, ImportReport } from '../../../shared/library/import.ts';
import type { Inspect } from '../../../shared/library/pictures.ts';
import { mapAhead } from '../../support/ahead.ts';
import { applyFacts, type ImportContext } from './apply.ts';
import { getClasses } from '../labels/classes.ts';
import { DepthTally } from './depth-tally.ts';
import type { Project } from '../folder.ts';
import { examine, findDisplaced, type Fact } from './examine.ts';
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
import type { Plan } from './layout.ts';
import { OutsideTally } from './outside-classes.ts';
import { labelsCanComeBack } from '../labels/labels.ts';
import { chooseClasses, RENAMED } from './match-classes.ts';
import { getSettings } from '../settings.ts';
import { transaction } from '../database/sql.ts';
import type { WalkResult } from './walk.ts';

export interface ImportOptions {
  /** Decodes a picture; rejects with a TwofoldError if it can't. */
  inspect: Inspect;
  /** Ten times a second at most. */
  onProgress?: (progress: ImportProgress) => void;
  /** Ends the import with the status `cancelled`; pictures imported so far are kept. */
  signal?: AbortSignal;
  /** Class names, the second for class 1; default: the current ones, or those of folders or table. */
  classes?: readonly [string, string];
}

export interface Ingest {
  source: ImportReport['source'];
  path: string;
  /** Called in the transaction that starts the import, since it depends on classes and labels. */
  plan: () => Plan;
  /** What else the walk found. */
  rest: Omit<WalkResult, 'pictures'>;
}

/** The plan of an import that was cancelled while scanning. */
export const CANCELLED: Plan = {
  layout: 'plain',
  count: 0,
  pictures: [],
  naming: null,
  notes: ['Cancelled while searching for pictures.'],
};

/** Facts per batch, and the longest time until a batch is written. */
const BATCH = 250;
const BATCH_MS = 250;
/** Leaves most of the 50 ms for which the main process may block to the commit of the transaction. */
const TRANSACTION_MS = 8;
/** Files examined at once: enough for messages of several files, and for threads while one file takes long. */
const AHEAD = 8 * availableParallelism();

/**
 * Imports planned files: examines them several at a time and writes the results in transactions of a few milliseconds,
 * in the plan's order. A repeated import changes only what is new.
 *
 * @throws TwofoldError if the import can't continue; pictures imported so far are kept
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
  const outside = new OutsideTally();
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
      if (fact.kind !== 'left-out' && fact.planned.outside) outside.add(fact.planned.outside);
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
    ...outside.notes(),
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
    const isRenamed = classes !== undefined && chooseClasses(db, classes);
    const plan = task.plan();
    const isRenaming = isRenamed || (plan.naming !== null && labelsCanComeBack(db));
    const { unreadable, notPictureKinds, hidden, exports } = task.rest;
    const counts: ImportCounts = {
      ...noCounts(),
      found: plan.count + unreadable.length,
      leftOut: unreadable.length,
      leftOutKinds: unreadable.length > 0 ? { unreadable: unreadable.length } : {},
      notPictures: Object.values(notPictureKinds).reduce((sum, count) => sum + count, 0),
      notPictureKinds,
      hidden,
      exports,
      reading: plan.reading ?? '',
      splitFolders: plan.splitFolders ?? null,
    };
    const { source, path } = task;
    const notes = [
      ...plan.notes,
      ...(isRenamed ? [RENAMED] : []),
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
        isRenaming,
        displaced: new Set<number>(),
        keptSplits: { count: 0, first: null },
      },
    };
  });
}

/** Writes the results of a failed import as far as possible. */
async function finishFailed(context: ImportContext, flush: () => Promise<void>): Promise<void> {
  try {
    await flush();
    transaction(context.db, () => updateImport(context.db, context.importId, context.counts, 'failed'));
  } catch {
    // The disk is full or disconnected: the import becomes `crashed` when the project is next opened.
  }
}

/** Writes facts in transactions of a few milliseconds each, on any machine. */
async function write(context: ImportContext, facts: readonly Fact[]): Promise<void> {
  if (facts.length === 0) return;
  const { db } = context;
  context.displaced = await findDisplaced(db, facts);
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
    // The meter keeps every update for some seconds: 100 a second are enough.
    if (done < total && performance.now() - last < 10) return;
    last = performance.now();
    meter.update(done);
  };
}
