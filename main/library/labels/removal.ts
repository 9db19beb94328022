import type { LabelResult, LabelSource } from '../../../shared/library/labels.ts';
import { idList } from '../pictures/pictures.ts';
import { column, run, transaction, type Db } from '../database/sql.ts';
import { dropUndone, isNewest, newBatch } from './labels.ts';
import { markBatch } from './mark-batch.ts';

/**
 * Removes pictures with their labels from the project as one undo step. The files are kept.
 *
 * @param ids of pictures; unknown ids are ignored
 * @param join removal to extend, so that many pictures, removed in parts, come back as a whole. Ignored if another
 * batch came after it
 */
export function removePictures(
  db: Db,
  ids: Iterable<number>,
  source: LabelSource,
  join: number | null = null,
): LabelResult {
  return transaction(db, () => {
    const removed = column<number>(
      db,
      'SELECT id FROM pictures WHERE id IN (SELECT value FROM json_each(:ids))',
      {
        ids: idList(ids),
      },
    );
    if (removed.length === 0) return { batch: null, changes: [] };
    const joined = join !== null && isNewest(db, join, 'removal') ? join : null;
    const batch = joined ?? newBatch(db, source, 'set', 'done');
    markBatch(db, batch, 'is_removal', removed);
    dropUndone(db);
    remove(db, batch, removed);
    return { batch, changes: [], removed };
  });
}

function remove(db: Db, batch: number, ids: readonly number[]): void {
  run(
    db,
    'UPDATE stored_pictures SET removed_batch_id = :batch WHERE id IN (SELECT value FROM json_each(:ids))',
    { batch, ids: JSON.stringify(ids) },
  );
}

/** Redoes the removal `target`, as batch `batch`, in the caller's transaction. */
export function removeAgain(db: Db, batch: number, target: number): LabelResult {
  const removed = column<number>(
    db,
    'SELECT p.id FROM label_events e JOIN pictures p ON p.id = e.picture_id WHERE e.batch_id = :target',
    { target },
  );
  markBatch(db, batch, 'is_removal', removed);
  remove(db, target, removed);
  return { batch, changes: [], removed };
}

/**
 * Undoes the removal `target`, as batch `batch`, in the caller's transaction. Pictures whose content was imported again
 * meanwhile stay removed; those whose place another picture has taken come back as missing.
 */
export function restore(db: Db, batch: number, target: number): LabelResult {
  const restored = column<number>(
    db,
    `SELECT s.id FROM stored_pictures s WHERE s.removed_batch_id = :target
       AND NOT EXISTS (SELECT 1 FROM pictures p WHERE p.sha256 = s.sha256)`,
    { target },
  );
  markBatch(db, batch, 'is_removal', restored);
  run(
    db,
    `UPDATE stored_pictures AS s SET removed_batch_id = NULL, problem = CASE WHEN EXISTS (
         SELECT 1 FROM pictures p WHERE p.directory_id = s.directory_id AND p.name = s.name AND p.problem IS NOT 'missing'
       ) THEN 'missing' ELSE problem END
     WHERE id IN (SELECT value FROM json_each(:ids))`,
    { ids: JSON.stringify(restored) },
  );
  return { batch, changes: [], restored };
}
