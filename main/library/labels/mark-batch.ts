import { run, type Db } from '../database/sql.ts';

/** Marks a batch that changes no label (a check or a removal), and logs its pictures with their current labels. */
export function markBatch(
  db: Db,
  batch: number,
  mark: 'is_keep' | 'is_removal',
  ids: readonly number[],
): void {
  run(db, `UPDATE label_batches SET ${mark} = 1 WHERE id = :batch`, { batch });
  run(
    db,
    `INSERT INTO label_events (batch_id, picture_id, label, previous_label, previous_batch_id)
     SELECT :batch, id, label, label, label_batch_id FROM stored_pictures
     WHERE id IN (SELECT value FROM json_each(:ids))`,
    { batch, ids: JSON.stringify(ids) },
  );
}
