import { createHash } from 'node:crypto';
import type { EvaluateResult } from '../../../shared/jobs.ts';
import type { TestEvaluation } from '../../../shared/library.ts';
import { swapEvaluation } from '../../../shared/swap.ts';
import { saveRunPictures } from './predictions.ts';
import { isSwapped } from '../labels/class-order.ts';
import { runNumber } from './run-ids.ts';
import { rows, run, transaction, value, type Db } from '../database/sql.ts';

/**
 * Which pictures with which labels the test set is: SHA-256 of the contents and classes of its labelled pictures. Read from
 * an index alone, about 20 ms at 100,000 pictures.
 */
export function testSetFingerprint(db: Db): string {
  const text = value(
    db,
    `SELECT group_concat(sha256 || label, '') FROM
       (SELECT sha256, label FROM pictures WHERE split = 'test' AND label IN (0, 1) ORDER BY sha256, label)`,
  ) as string | null;
  return createHash('sha256')
    .update(text ?? '')
    .digest('hex');
}

/**
 * What each run's evaluation on the test set gave, by the run's number.
 *
 * @param only the number of the one run that is asked for
 */
export function testEvaluations(db: Db, only: number | null = null): Map<number, TestEvaluation> {
  const found = rows(
    db,
    `SELECT run_number AS number, at_ms AS atMs, test_set AS testSet, seen, left_out AS leftOut, evaluation
     FROM test_evaluations WHERE :only IS NULL OR run_number = :only`,
    { only },
  ) as (Omit<TestEvaluation, 'isCurrent' | 'evaluation'> & {
    number: number;
    testSet: string;
    evaluation: string;
  })[];
  if (found.length === 0) return new Map();
  const now = testSetFingerprint(db);
  const swapped = isSwapped(db);
  return new Map(
    found.map(({ number, testSet, evaluation: text, ...rest }) => {
      const evaluation = JSON.parse(text) as TestEvaluation['evaluation'];
      return [
        number,
        {
          ...rest,
          isCurrent: testSet === now,
          evaluation: swapped ? swapEvaluation(evaluation) : evaluation,
        },
      ];
    }),
  );
}

/**
 * Stores a run's evaluation on the test set in place of an earlier one, with what it predicted there.
 *
 * @param testSet `testSetFingerprint` when the pictures were chosen
 * @param swapped whether the classes were swapped then; default: as they are now
 */
export async function saveTestEvaluation(
  db: Db,
  runId: string,
  testSet: string,
  { evaluation, scores, leftOut, seen }: EvaluateResult,
  swapped = isSwapped(db),
): Promise<void> {
  forgetTestEvaluation(db, runId);
  await saveRunPictures(db, runId, scores, swapped);
  transaction(db, () =>
    run(
      db,
      `INSERT INTO test_evaluations (run_number, at_ms, test_set, seen, left_out, evaluation)
       VALUES (:number, :now, :testSet, :seen, :leftOut, :evaluation)`,
      {
        number: runNumber(db, runId),
        now: Date.now(),
        testSet,
        seen,
        leftOut: leftOut.length,
        evaluation: JSON.stringify(swapped ? swapEvaluation(evaluation) : evaluation),
      },
    ),
  );
}

/** Forgets what a run's model gave on the test set, as when it is trained further. */
export function forgetTestEvaluation(db: Db, runId: string): void {
  const number = runNumber(db, runId);
  transaction(db, () => {
    run(db, 'DELETE FROM test_evaluations WHERE run_number = :number', { number });
    run(db, "DELETE FROM run_pictures WHERE run_number = :number AND split = 'test'", { number });
  });
}
