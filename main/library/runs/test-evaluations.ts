import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { EvaluateResult } from '../../../shared/jobs/evaluate.ts';
import type { Evaluation } from '../../../shared/metrics.ts';
import type { TestEvaluation } from '../../../shared/library/runs.ts';
import { swapEvaluation } from '../../../shared/swap.ts';
import { saveRunPictures } from './predictions.ts';
import { isSwapped } from '../labels/class-order.ts';
import { runNumber } from './run-ids.ts';
import { fromJson, rows, run, transaction, value, type Db } from '../database/sql.ts';

/**
 * Identifies the test set: SHA-256 of the contents and classes of its labelled pictures; about 20 ms at 100,000
 * pictures.
 */
export function testSetFingerprint(db: Db): string {
  const text = value<string | null>(
    db,
    `SELECT group_concat(sha256 || label, '') FROM
       (SELECT sha256, label FROM pictures WHERE split = 'test' AND label IN (0, 1) ORDER BY sha256, label)`,
  );
  return createHash('sha256')
    .update(text ?? '')
    .digest('hex');
}

const interval = z.object({ value: z.number(), low: z.number(), high: z.number() });
const evaluationSchema: z.ZodType<Evaluation> = z.object({
  count: z.number(),
  loss: z
    .number()
    .nullable()
    .transform((loss) => loss ?? NaN), // JSON has no NaN
  accuracy: interval,
  threshold: z.number(),
  confusion: z.tuple([z.tuple([z.number(), z.number()]), z.tuple([z.number(), z.number()])]),
  precision: interval.nullable(),
  recall: interval.nullable(),
  rocAuc: z.number().nullable(),
  averagePrecision: z.number().nullable(),
  averagePrecisionOfClass0: z.number().nullable().default(null),
});

interface EvaluationRow extends Omit<TestEvaluation, 'isCurrent' | 'evaluation'> {
  number: number;
  testSet: string;
  evaluation: string;
}

/**
 * Evaluations on the test set, by run number.
 *
 * @param only number of a single run to read; null: all
 */
export function testEvaluations(db: Db, only: number | null = null): Map<number, TestEvaluation> {
  const found = rows<EvaluationRow>(
    db,
    `SELECT run_number AS number, at_ms AS atMs, test_set AS testSet, seen, left_out AS leftOut, evaluation
     FROM test_evaluations WHERE :only IS NULL OR run_number = :only`,
    { only },
  );
  if (found.length === 0) return new Map();
  const now = testSetFingerprint(db);
  const swapped = isSwapped(db);
  return new Map(
    found.map(({ number, testSet, evaluation: text, ...rest }) => {
      const evaluation = fromJson(evaluationSchema, text, `the test evaluation of run ${number}`);
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
 * Stores a run's evaluation on the test set with its predictions there, replacing an earlier one.
 *
 * @param testSet `testSetFingerprint` at the time the pictures were selected
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

/** Replaces the evaluation of the same predictions, for example after a calibration. */
export function replaceTestEvaluation(db: Db, runId: string, evaluation: Evaluation): void {
  transaction(db, () =>
    run(db, 'UPDATE test_evaluations SET evaluation = :evaluation WHERE run_number = :number', {
      number: runNumber(db, runId),
      evaluation: JSON.stringify(isSwapped(db) ? swapEvaluation(evaluation) : evaluation),
    }),
  );
}

/** Deletes a run's evaluation on the test set, for example when its training is resumed. */
export function forgetTestEvaluation(db: Db, runId: string): void {
  const number = runNumber(db, runId);
  transaction(db, () => {
    run(db, 'DELETE FROM test_evaluations WHERE run_number = :number', { number });
    run(db, "DELETE FROM run_pictures WHERE run_number = :number AND split = 'test'", { number });
  });
}
