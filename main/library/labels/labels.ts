import type {
  LabelChange,
  LabelEvent,
  LabelResult,
  LabelSource,
  LabelValue,
  UndoState,
} from '../../../shared/library/labels.ts';
import { flipClasses, isSwapped } from './class-order.ts';
import { removeAgain, restore } from './removal.ts';
import { replayMoves } from './split-steps.ts';
import { fromStored, idList, toStored } from '../pictures/pictures.ts';
import { column, exists, row, rows, run, transaction, value, type Db } from '../database/sql.ts';

/**
 * Labels are an append-only log of batches, beside the current state in `pictures`. A batch holds the changes of one
 * gesture or command and is undone and redone as a whole. Undoing is itself a batch, so the log explains every label.
 * It is all in the database, so undo survives a restart.
 */

/**
 * Labels pictures. Pictures that already have the label are unchanged; if all have it, there is no batch. Durable when
 * it returns. Undone batches can't be redone afterwards.
 *
 * @param ids of pictures; unknown ids are ignored
 * @param label a class, `skipped`, or null to clear
 * @param join batch to extend, so that one stroke, stored in parts while it is drawn, is undone as a whole. Ignored if
 *   another batch came after it
 */
export function setLabels(
  db: Db,
  ids: Iterable<number>,
  label: LabelValue,
  source: LabelSource,
  join: number | null = null,
): LabelResult {
  return transaction(db, () => {
    const joined = join !== null && isNewest(db, join, 'labels') ? join : null;
    return addBatch(db, [{ label, ids }], source, joined);
  });
}

/** Whether a batch can still be extended: it is the last one, it was not undone, and it is of this kind. */
export function isNewest(db: Db, batch: number, kind: 'labels' | 'removal'): boolean {
  const newest = row<{ id: number; action: string; state: string; isRemoval: number }>(
    db,
    'SELECT id, action, state, is_removal AS isRemoval FROM label_batches ORDER BY id DESC LIMIT 1',
  );
  return (
    newest?.id === batch &&
    newest.action === 'set' &&
    newest.state === 'done' &&
    (newest.isRemoval === 1) === (kind === 'removal')
  );
}

/** Sets several labels in one batch, in the caller's transaction. */
export function addBatch(
  db: Db,
  groups: readonly { label: LabelValue; ids: Iterable<number> }[],
  source: LabelSource,
  joined: number | null = null,
): LabelResult {
  let batch = joined;
  const changes: LabelChange[] = [];
  const swapped = isSwapped(db);
  for (const group of groups) {
    const label = toStored(group.label, swapped);
    const affected = column<number>(
      db,
      `SELECT p.id FROM json_each(:ids) wanted CROSS JOIN pictures p ON p.id = wanted.value WHERE p.label IS NOT :label`,
      { ids: idList(group.ids), label },
    );
    if (affected.length === 0) continue;
    batch ??= newBatch(db, source, 'set', 'done');
    writeEvents(db, batch, affected, label);
    for (const id of affected) changes.push({ id, label: group.label });
  }
  if (batch !== null) dropUndone(db);
  return { batch, changes };
}

/** Empties redo. */
export function dropUndone(db: Db): void {
  run(db, `UPDATE label_batches SET state = 'dropped' WHERE state = 'undone'`);
}

/**
 * Whether undo or redo would set or clear a picture's class.
 *
 * @param before only batches before this one
 */
export function labelsCanComeBack(db: Db, before = Number.MAX_SAFE_INTEGER): boolean {
  return exists(
    db,
    `SELECT 1 FROM label_batches b JOIN label_events e ON e.batch_id = b.id
     WHERE b.state IN ('done', 'undone') AND b.id < :before
       AND (e.label IN (0, 1) OR e.previous_label IN (0, 1))`,
    { before },
  );
}

/**
 * Empties undo and redo if they would set or clear a class; the log keeps the batches.
 *
 * @param before only batches before this one
 * @returns whether it did
 */
export function forgetUndo(db: Db, before = Number.MAX_SAFE_INTEGER): boolean {
  if (!labelsCanComeBack(db, before)) return false;
  run(db, `UPDATE label_batches SET state = 'dropped' WHERE state IN ('done', 'undone') AND id < :before`, {
    before,
  });
  return true;
}

/**
 * Swaps class 0 and class 1 as one undo step.
 *
 * @throws TwofoldError the errors of `flipClasses`
 */
export function swapClasses(db: Db, source: LabelSource): LabelResult {
  return transaction(db, () => {
    flipClasses(db);
    const batch = newBatch(db, source, 'set', 'done');
    run(db, 'UPDATE label_batches SET is_swap = 1 WHERE id = :batch', { batch });
    dropUndone(db);
    return { batch, changes: [], swapped: true };
  });
}

/**
 * Sets the label that a picture's folder or table row gives, in the import's transaction. Undo does not revert it.
 *
 * @param batch from `newBatch(db, source, 'set', 'fixed')`
 */
export function addImportedLabel(db: Db, batch: number, id: number, label: LabelValue): void {
  writeEvents(db, batch, [id], toStored(label, isSwapped(db)));
}

/** Whether a picture has ever been labelled, even if that was undone or cleared. */
export function hasHistory(db: Db, id: number): boolean {
  return exists(
    db,
    `SELECT 1 FROM label_events e JOIN label_batches b ON b.id = e.batch_id
     WHERE e.picture_id = :id AND b.is_removal = 0`,
    { id },
  );
}

export function newBatch(
  db: Db,
  source: LabelSource,
  action: 'set' | 'undo' | 'redo',
  state: 'done' | 'fixed',
  target: number | null = null,
): number {
  return run(
    db,
    `INSERT INTO label_batches (at_ms, source, action, target_id, state)
     VALUES (:now, :source, :action, :target, :state)`,
    { now: Date.now(), source, action, target, state },
  ).id;
}

function writeEvents(db: Db, batch: number, ids: readonly number[], label: number | null): void {
  const params = { batch, label, ids: JSON.stringify(ids) };
  run(
    db,
    `INSERT INTO label_events (batch_id, picture_id, label, previous_label, previous_batch_id)
     SELECT :batch, p.id, :label, p.label, p.label_batch_id
     FROM json_each(:ids) wanted CROSS JOIN pictures p ON p.id = wanted.value`,
    params,
  );
  run(
    db,
    `UPDATE stored_pictures SET label = :label, label_batch_id = :batch WHERE id IN (SELECT value FROM json_each(:ids))`,
    params,
  );
}

/** Undoes the last batch. Null if there is none. @throws TwofoldError the errors of `flipClasses` */
export function undo(db: Db, source: LabelSource): LabelResult | null {
  return transaction(db, () => {
    const target = value<number | null>(db, `SELECT max(id) FROM label_batches WHERE state = 'done'`);
    if (target == null) return null;
    return replay(db, source, 'undo', target, 'previous_label', 'e.previous_batch_id');
  });
}

/** Redoes the batch that was undone last. Null if there is none. @throws TwofoldError the errors of `flipClasses` */
export function redo(db: Db, source: LabelSource): LabelResult | null {
  return transaction(db, () => {
    // Undo goes from newest to oldest, so the oldest undone batch was undone last.
    const target = value<number | null>(db, `SELECT min(id) FROM label_batches WHERE state = 'undone'`);
    if (target == null) return null;
    return replay(db, source, 'redo', target, 'label', 'e.batch_id');
  });
}

function replay(
  db: Db,
  source: LabelSource,
  action: 'undo' | 'redo',
  target: number,
  label: 'label' | 'previous_label',
  origin: 'e.batch_id' | 'e.previous_batch_id',
): LabelResult {
  const { isSwap, isRemoval, isSplit, isKeep } = row<
    Record<'isSwap' | 'isRemoval' | 'isSplit' | 'isKeep', number>
  >(
    db,
    `SELECT is_swap AS isSwap, is_removal AS isRemoval, is_split AS isSplit, is_keep AS isKeep
     FROM label_batches WHERE id = :target`,
    { target },
  )!;
  if (isSwap) flipClasses(db);
  const batch = newBatch(db, source, action, 'fixed', target);
  run(db, 'UPDATE label_batches SET state = :state WHERE id = :target', {
    target,
    state: action === 'undo' ? 'undone' : 'done',
  });
  if (isSplit) return replayMoves(db, batch, target, action);
  if (isRemoval) return action === 'undo' ? restore(db, batch, target) : removeAgain(db, batch, target);
  if (isKeep) {
    // The state of the batch determines whether the labels count as kept.
    const ids = column<number>(db, 'SELECT picture_id FROM label_events WHERE batch_id = :target', {
      target,
    });
    return { batch, changes: [], ...(action === 'undo' ? { unkept: ids } : { kept: ids }) };
  }
  run(
    db,
    `INSERT INTO label_events (batch_id, picture_id, label, previous_label, previous_batch_id)
     SELECT :batch, e.picture_id, e.${label}, p.label, p.label_batch_id
     FROM label_events e JOIN pictures p ON p.id = e.picture_id WHERE e.batch_id = :target`,
    { batch, target },
  );
  run(
    db,
    `UPDATE stored_pictures SET label = e.${label}, label_batch_id = ${origin}
     FROM label_events e WHERE e.batch_id = :target AND stored_pictures.id = e.picture_id AND removed_batch_id IS NULL`,
    { target },
  );
  const events = rows<{ id: number; label: number | null }>(
    db,
    'SELECT picture_id AS id, label FROM label_events WHERE batch_id = :batch',
    { batch },
  );
  const swapped = isSwapped(db);
  const changes = events.map(({ id, label: stored }) => ({ id, label: fromStored(stored, swapped) }));
  return { batch, changes, ...(isSwap === 1 && { swapped: true }) };
}

/** What undo and redo would do next. */
export function undoState(db: Db): UndoState {
  const next = (state: 'done' | 'undone', pick: 'max' | 'min'): UndoState['undo'] => {
    const found = row<Record<'batch' | 'isSwap' | 'isRemoval' | 'isSplit' | 'isKeep' | 'pictures', number>>(
      db,
      `SELECT b.id AS batch, b.is_swap AS isSwap, b.is_removal AS isRemoval, b.is_split AS isSplit,
         b.is_keep AS isKeep,
         (SELECT count(*) FROM label_events e WHERE e.batch_id = b.id)
           + (SELECT count(*) FROM split_events e WHERE e.batch_id = b.id) AS pictures
       FROM label_batches b WHERE b.id = (SELECT ${pick}(id) FROM label_batches WHERE state = '${state}')`,
    );
    if (!found) return null;
    const { isSwap, isRemoval, isSplit, isKeep, ...step } = found;
    return {
      ...step,
      ...(isSwap === 1 && { isSwap: true }),
      ...(isRemoval === 1 && { isRemoval: true }),
      ...(isSplit === 1 && { isSplit: true }),
      ...(isKeep === 1 && { isKeep: true }),
    };
  };
  return { undo: next('done', 'max'), redo: next('undone', 'min') };
}

/** Every change of a picture's label, oldest first. */
export function explainLabel(db: Db, id: number): LabelEvent[] {
  const events = rows<
    Omit<LabelEvent, 'label' | 'previous' | 'kept'> &
      Record<'label' | 'previous', number | null> & { isKeep: number }
  >(
    db,
    `SELECT e.batch_id AS batch, b.at_ms AS atMs, b.source, b.action, e.label, e.previous_label AS previous,
       b.is_keep AS isKeep
     FROM label_events e JOIN label_batches b ON b.id = e.batch_id
     WHERE e.picture_id = :id AND b.is_removal = 0 ORDER BY e.batch_id`,
    { id },
  );
  const swapped = isSwapped(db);
  return events.map(({ isKeep, ...event }) => ({
    ...event,
    label: fromStored(event.label, swapped),
    previous: fromStored(event.previous, swapped),
    ...(isKeep === 1 && { kept: true }),
  }));
}
