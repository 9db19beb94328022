import type { Split } from '../../../shared/split.ts';
import type { LabelResult, LabelSource } from '../../../shared/library/labels.ts';
import { column, run, transaction, type Db } from '../database/sql.ts';
import { idList } from '../pictures/pictures.ts';
import { dropUndone, newBatch } from './labels.ts';

/**
 * Moves pictures between training, validation and test set as one undo step.
 *
 * @param moves target set of pictures; null: none, so that training decides. Unknown ids are ignored
 * @returns the moved pictures in `moved`
 */
export function moveToSets(
  db: Db,
  moves: readonly { split: Split | null; ids: Iterable<number> }[],
  source: LabelSource,
): LabelResult {
  return transaction(db, () => {
    let batch: number | null = null;
    const moved: number[] = [];
    for (const { split, ids } of moves) {
      const changed = column<number>(
        db,
        `SELECT id FROM pictures WHERE id IN (SELECT value FROM json_each(:ids)) AND split IS NOT :split`,
        { ids: idList(ids), split },
      );
      if (changed.length === 0) continue;
      batch ??= splitBatch(db, newBatch(db, source, 'set', 'done'));
      const params = { batch, split, ids: JSON.stringify(changed) };
      run(
        db,
        `INSERT INTO split_events (batch_id, picture_id, split, previous_split)
         SELECT :batch, id, :split, split FROM stored_pictures WHERE id IN (SELECT value FROM json_each(:ids))`,
        params,
      );
      run(db, 'UPDATE stored_pictures SET split = :split WHERE id IN (SELECT value FROM json_each(:ids))', {
        split,
        ids: params.ids,
      });
      moved.push(...changed);
    }
    if (batch !== null) dropUndone(db);
    return { batch, changes: [], moved };
  });
}

/** Undoes or redoes the moves of batch `target`, as batch `batch`, in the caller's transaction. */
export function replayMoves(db: Db, batch: number, target: number, action: 'undo' | 'redo'): LabelResult {
  splitBatch(db, batch);
  const split = action === 'undo' ? 'previous_split' : 'split';
  run(
    db,
    `INSERT INTO split_events (batch_id, picture_id, split, previous_split)
     SELECT :batch, e.picture_id, e.${split}, p.split
     FROM split_events e JOIN pictures p ON p.id = e.picture_id WHERE e.batch_id = :target`,
    { batch, target },
  );
  run(
    db,
    `UPDATE stored_pictures SET split = e.split FROM split_events e
     WHERE e.batch_id = :batch AND stored_pictures.id = e.picture_id`,
    { batch },
  );
  const moved = column<number>(db, 'SELECT picture_id FROM split_events WHERE batch_id = :batch', { batch });
  return { batch, changes: [], moved };
}

function splitBatch(db: Db, batch: number): number {
  run(db, 'UPDATE label_batches SET is_split = 1 WHERE id = :batch', { batch });
  return batch;
}
