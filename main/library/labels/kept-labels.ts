import type { LabelResult, LabelSource } from '../../../shared/library/labels.ts';
import { column, transaction, type Db } from '../database/sql.ts';
import { idList } from '../pictures/pictures.ts';
import { dropUndone, newBatch } from './labels.ts';
import { markBatch } from './mark-batch.ts';

/**
 * Records that labels were checked and are correct, as one undo step: such pictures are not listed as likely label
 * errors until their label changes.
 *
 * @param ids of pictures; unknown ids and pictures without a class are ignored
 */
export function keepLabels(db: Db, ids: Iterable<number>, source: LabelSource): LabelResult {
  return transaction(db, () => {
    const kept = column<number>(
      db,
      'SELECT id FROM pictures WHERE label IN (0, 1) AND id IN (SELECT value FROM json_each(:ids))',
      { ids: idList(ids) },
    );
    if (kept.length === 0) return { batch: null, changes: [] };
    const batch = newBatch(db, source, 'set', 'done');
    markBatch(db, batch, 'is_keep', kept);
    dropUndone(db);
    return { batch, changes: [], kept };
  });
}

/** Ids of the pictures whose current label was checked and kept. */
export function keptPictures(db: Db): Set<number> {
  return new Set(
    column<number>(
      db,
      `SELECT DISTINCT p.id FROM label_batches b JOIN label_events e ON e.batch_id = b.id
       JOIN pictures p ON p.id = e.picture_id
       WHERE b.is_keep = 1 AND b.state = 'done' AND e.label = p.label AND b.id > coalesce(p.label_batch_id, 0)`,
    ),
  );
}
