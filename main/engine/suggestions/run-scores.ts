import { readRunProbabilities } from '../../library/runs/predictions.ts';
import type { Db } from '../../library/database/sql.ts';
import type { PictureTable } from '../../library/reading/picture-table.ts';
import { eachIndex, type Steps } from '../../support/steps.ts';

/** Pictures per step. */
const SOME = 8192;

/** The predictions of a run, used for suggestions in place of the probe. */
export interface RunScores {
  /** Id of the run. */
  run: string;
  /** Probability of class 1 of each picture, in the order of the table; NaN if the run has not predicted it. */
  probabilities: Float32Array;
}

/** Reads the predictions so far, for the pictures of a table. */
export function* readRunScores(db: Db, run: string, { ids }: PictureTable): Steps<RunScores> {
  const probabilities = new Float32Array(ids.length).fill(NaN);
  const known = yield* readRunProbabilities(db, run);
  let at = 0;
  yield* eachIndex(ids.length, SOME, (index) => {
    const id = ids[index]!;
    // Both are in ascending order.
    while (at < known.ids.length && known.ids[at]! < id) at++;
    if (known.ids[at] === id) probabilities[index] = known.probabilities[at]!;
  });
  return { run, probabilities };
}
