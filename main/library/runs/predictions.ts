import type { RunPicture, RunPredictions } from '../../../shared/library/runs.ts';
import type { Split } from '../../../shared/split.ts';
import { swapClass } from '../../../shared/swap.ts';
import { inTurns } from '../../support/in-turns.ts';
import { finish, type Steps } from '../../support/steps.ts';
import { isSwapped } from '../labels/class-order.ts';
import { IN_TEST_SET, idList } from '../pictures/pictures.ts';
import { runNumber } from './run-ids.ts';
import { rows, run, transaction, type Db } from '../database/sql.ts';

/** Rows per transaction: about 10 ms. */
const CHUNK = 2000;
/** Rows per query where other work continues between them: a few milliseconds. */
const PAGE = 4000;

/** A field that is undefined keeps its stored value. */
export type RunPictureInput = Pick<RunPicture, 'id'> & Partial<RunPicture>;

/**
 * Stores a run's results by picture: the split, the model's probability of class 1, and the probability by a model that
 * was not trained on the picture. Pictures that are no longer in the project are skipped.
 *
 * @param swapped whether the classes were swapped when the probabilities were computed; default: as they are now
 */
export async function saveRunPictures(
  db: Db,
  runId: string,
  pictures: readonly RunPictureInput[],
  swapped = isSwapped(db),
): Promise<void> {
  const number = runNumber(db, runId);
  const stored = (probability: number | null | undefined): number | null =>
    probability == null ? null : swapped ? 1 - probability : probability;
  for await (const some of inTurns(pictures, CHUNK)) {
    const chunk = some.map(({ id, split, probability, outOfSample }) => [
      id,
      split ?? null,
      stored(probability),
      stored(outOfSample),
    ]);
    transaction(db, () =>
      run(
        db,
        `INSERT INTO run_pictures (run_number, picture_id, split, probability, out_of_sample)
         SELECT :number, p.id, given.value ->> 1, given.value ->> 2, given.value ->> 3
         FROM json_each(:chunk) given CROSS JOIN pictures p ON p.id = given.value ->> 0
         WHERE true
         ON CONFLICT DO UPDATE SET split = coalesce(excluded.split, split),
           probability = coalesce(excluded.probability, probability),
           out_of_sample = coalesce(excluded.out_of_sample, out_of_sample)`,
        { number, chunk: JSON.stringify(chunk) },
      ),
    );
  }
}

/** A run's results for the given pictures, or for all that it was trained, validated or tested on. */
export function getRunPictures(db: Db, runId: string, ids?: Iterable<number>): RunPicture[] {
  const number = runNumber(db, runId);
  const columns = 'r.picture_id AS id, r.split, r.probability, r.out_of_sample AS outOfSample';
  const found =
    ids === undefined
      ? rows<RunPicture>(
          db,
          `SELECT ${columns} FROM run_pictures r JOIN pictures p ON p.id = r.picture_id
           WHERE r.run_number = :number AND r.split IS NOT NULL ORDER BY r.picture_id`,
          { number },
        )
      : rows<RunPicture>(
          db,
          `SELECT ${columns} FROM json_each(:ids) wanted
           CROSS JOIN run_pictures r ON r.run_number = :number AND r.picture_id = wanted.value
           CROSS JOIN pictures p ON p.id = r.picture_id ORDER BY wanted.key`,
          { number, ids: idList(ids) },
        );
  return isSwapped(db) ? found.map(swapProbabilities) : found;
}

function swapProbabilities({ probability, outOfSample, ...rest }: RunPicture): RunPicture {
  const swap = (value: number | null): number | null => (value === null ? null : 1 - value);
  return { ...rest, probability: swap(probability), outOfSample: swap(outOfSample) };
}

/** A labelled picture of one of a run's sets. */
export interface LabelledOfRun {
  id: number;
  /** The current label. */
  label: 0 | 1;
  /** Of class 1, 0..1; null while the run has not predicted it. */
  probability: number | null;
}

/**
 * The pictures of a set of a run that are labelled now, in order of id. Without those that have since gone into the test
 * set, or out of it. Files may be missing.
 */
export function labelledOfRun(db: Db, runId: string, on: Split): LabelledOfRun[] {
  const found = rows<LabelledOfRun>(
    db,
    `SELECT p.id, p.label, r.probability FROM run_pictures r JOIN pictures p ON p.id = r.picture_id
     WHERE r.run_number = :number AND r.split = :on AND p.label IN (0, 1)
       AND ${on === 'test' ? "p.split = 'test'" : `NOT ${IN_TEST_SET}`} ORDER BY p.id`,
    { number: runNumber(db, runId), on },
  );
  if (!isSwapped(db)) return found;
  return found.map(({ id, label, probability }) => ({
    id,
    label: swapClass(label),
    probability: probability === null ? null : 1 - probability,
  }));
}

/** A run's stored predictions for the pictures of a set that are still in the project, in order of id. */
export function listPredictions(db: Db, runId: string, on: Split): RunPredictions {
  const found = rows<{ id: number; probability: number }>(
    db,
    `SELECT r.picture_id AS id, r.probability FROM run_pictures r JOIN pictures p ON p.id = r.picture_id
     WHERE r.run_number = :number AND r.probability IS NOT NULL AND r.split = :on ORDER BY r.picture_id`,
    { number: runNumber(db, runId), on },
  );
  const swapped = isSwapped(db);
  return {
    ids: Uint32Array.from(found, ({ id }) => id),
    probabilities: Float64Array.from(found, ({ probability }) => (swapped ? 1 - probability : probability)),
  };
}

/** All of a run's predictions outside the test set: ids in order, and probabilities of class 1. */
export const runProbabilities = (db: Db, runId: string): RunPredictions =>
  finish(readRunProbabilities(db, runId));

/** `runProbabilities` in steps. @yields after some thousand */
export function* readRunProbabilities(db: Db, runId: string): Steps<RunPredictions> {
  const number = runNumber(db, runId);
  const swapped = isSwapped(db);
  const ids: number[] = [];
  const probabilities: number[] = [];
  for (;;) {
    const found = rows<{ id: number; probability: number }>(
      db,
      `SELECT r.picture_id AS id, r.probability FROM run_pictures r
       WHERE r.run_number = :number AND r.picture_id > :after AND r.probability IS NOT NULL AND r.split IS NOT 'test'
       ORDER BY r.picture_id LIMIT :most`,
      { number, after: ids.at(-1) ?? -1, most: PAGE },
    );
    for (const { id, probability } of found) {
      ids.push(id);
      probabilities.push(swapped ? 1 - probability : probability);
    }
    if (found.length < PAGE) break;
    yield;
  }
  return { ids: new Uint32Array(ids), probabilities: new Float64Array(probabilities) };
}
