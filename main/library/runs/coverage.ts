import type { ScoredContent } from '../../../shared/jobs/score.ts';
import type { RunCoverage } from '../../../shared/library/runs.ts';
import { pathOf, type Place } from '../pictures/place.ts';
import { row, rows, run, transaction, type Db } from '../database/sql.ts';
import { runNumber } from './run-ids.ts';

/** Pictures for a run to predict: not the test set, which is evaluated only on request. */
const WANTED = `FROM pictures p LEFT JOIN run_pictures r ON r.run_number = :number AND r.picture_id = p.id
  WHERE p.split IS NOT 'test' AND p.problem IS NULL`;

/** How many pictures outside the test set a run has predicted, of those whose files are present and unchanged. */
export function runCoverage(db: Db, runId: string): RunCoverage {
  const number = runNumber(db, runId);
  return row<RunCoverage>(db, `SELECT count(r.probability) AS predicted, count(*) AS total ${WANTED}`, {
    number,
  })!;
}

/**
 * Pictures that a run has not predicted yet, in the order in which they were added.
 *
 * @param most maximum number
 * @param except ids of pictures that can't be read
 */
export function listUnpredicted(
  db: Db,
  runId: string,
  most: number,
  except: readonly number[] = [],
): ScoredContent[] {
  const found = rows<Place & { id: number; sha256: string }>(
    db,
    `SELECT p.id, d.path AS directory, p.name, p.sha256
     FROM (SELECT p.* ${WANTED} AND r.probability IS NULL
           AND p.id NOT IN (SELECT value FROM json_each(:except)) ORDER BY p.id LIMIT :most) p
     JOIN directories d ON d.id = p.directory_id ORDER BY p.id`,
    { number: runNumber(db, runId), most, except: JSON.stringify(except) },
  );
  return found.map(({ id, sha256, ...place }) => ({ id, sha256, path: pathOf(place) }));
}

/** Deletes a run's predictions outside its validation and test set, for example when its training is resumed. */
export function forgetPredictions(db: Db, runId: string): void {
  const number = runNumber(db, runId);
  transaction(db, () => {
    run(db, 'DELETE FROM run_pictures WHERE run_number = :number AND split IS NULL', { number });
    run(db, "UPDATE run_pictures SET probability = NULL WHERE run_number = :number AND split = 'train'", {
      number,
    });
  });
}
