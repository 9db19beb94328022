import { wilson } from '../../../shared/metrics.ts';
import type { CommonAccuracy } from '../../../shared/library/runs.ts';
import { rows, type Db } from '../database/sql.ts';
import { isSwapped } from '../labels/class-order.ts';
import { getSettings } from '../settings.ts';
import { runNumber } from './run-ids.ts';

/**
 * Compares runs on the validation pictures that all of them have in common, with their current labels and at the
 * project's threshold, so that runs with different splits can be compared fairly.
 *
 * @throws TwofoldError `not-found` for a run that does not exist
 */
export function commonAccuracy(db: Db, ids: readonly string[]): CommonAccuracy {
  const numbers = ids.map((id) => runNumber(db, id));
  const swapped = isSwapped(db);
  const counted = rows<{ number: number; total: number; shared: number; correct: number }>(
    db,
    `WITH validated AS (
       SELECT r.run_number AS number, p.id, ${swapped ? '1 - p.label' : 'p.label'} AS label,
         ${swapped ? '1 - r.probability' : 'r.probability'} > :threshold AS predicted
       FROM json_each(:numbers) wanted
       CROSS JOIN run_pictures r ON r.run_number = wanted.value
       CROSS JOIN pictures p ON p.id = r.picture_id
       WHERE r.split = 'validation' AND r.probability IS NOT NULL AND p.label IN (0, 1) AND p.split IS NOT 'test'
     ), common AS (
       SELECT id FROM validated GROUP BY id HAVING count(*) = json_array_length(:numbers)
     )
     SELECT number, count(*) AS total, sum(id IN common) AS shared,
       sum(id IN common AND predicted = label) AS correct
     FROM validated GROUP BY number`,
    { numbers: JSON.stringify(numbers), threshold: getSettings(db).threshold },
  );
  const byNumber = new Map(counted.map((one) => [one.number, one]));
  const found = numbers.map((number) => byNumber.get(number) ?? { total: 0, shared: 0, correct: 0 });
  const common = found[0]?.shared ?? 0;
  return {
    common,
    differ: found.some(({ total }) => total !== common),
    accuracies: found.map(({ correct }) => wilson(correct, common)),
  };
}
