import { z } from 'zod';
import { suspectSchema, type CheckedLabel, type Suspect } from '../../../shared/contract/suspects.ts';
import { swapClass } from '../../../shared/swap.ts';
import { value, type Db } from '../database/sql.ts';
import { getPictures } from '../pictures/pictures.ts';
import { putSetting } from '../settings.ts';
import { isSwapped } from './class-order.ts';
import { keptPictures } from './kept-labels.ts';

const KEY = 'checkedLabels';

/**
 * The labels that were checked in a queue that is not finished, with what became of them, in the order in which they were
 * in the queue. Pictures that were removed since are left out.
 */
export function getCheckedLabels(db: Db): CheckedLabel[] {
  const stored = value<string>(db, 'SELECT value FROM settings WHERE key = :key', { key: KEY });
  const parsed = z.array(suspectSchema).safeParse(JSON.parse(stored ?? '[]'));
  if (!parsed.success || parsed.data.length === 0) return [];
  const suspects = isSwapped(db) ? parsed.data.map(swapped) : parsed.data;
  const labels = new Map(
    getPictures(
      db,
      suspects.map(({ id }) => id),
    ).map(({ id, label }) => [id, label]),
  );
  const kept = keptPictures(db);
  return suspects.flatMap((suspect) => {
    const now = labels.get(suspect.id);
    return now === undefined ? [] : [{ suspect, now, isKept: kept.has(suspect.id) }];
  });
}

/** Replaces the checked labels. @param suspects as they were ranked, in the order of the queue */
export function setCheckedLabels(db: Db, suspects: readonly Suspect[]): void {
  putSetting(db, KEY, isSwapped(db) ? suspects.map(swapped) : suspects);
}

const swapped = (one: Suspect): Suspect => ({
  ...one,
  label: swapClass(one.label),
  predicted: swapClass(one.predicted),
});
