import { idList } from '../pictures/pictures.ts';
import { column, type Db } from '../database/sql.ts';

/** The given pictures that may be labelled by suggestion: unlabelled ones outside the test set. */
export function openToSuggestions(db: Db, ids: Iterable<number>): number[] {
  return column<number>(
    db,
    `SELECT p.id FROM json_each(:ids) wanted CROSS JOIN pictures p ON p.id = wanted.value
     WHERE p.label IS NULL AND p.split IS NOT 'test'`,
    { ids: idList(ids) },
  );
}
