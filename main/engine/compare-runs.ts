import { TwofoldError } from '../../shared/errors.ts';
import type { RunRecord } from '../../shared/library/runs.ts';
import { classAt, wilson, type Interval } from '../../shared/metrics.ts';
import type { RunComparison } from '../../shared/run-comparison.ts';
import { mcnemarExact } from '../insight/mcnemar.ts';
import type { Db } from '../library/database/sql.ts';
import { knownScores } from './known-evaluation.ts';
import { modelView } from './model-view.ts';

/**
 * Compares two runs on the labelled pictures that are in the validation sets of both, with McNemar's exact test.
 *
 * @throws TwofoldError `too-few` if there are no such pictures
 */
export function compareRuns(db: Db, first: RunRecord, second: RunRecord): RunComparison {
  const { threshold } = modelView(db);
  const [ofFirst, ofSecond] = [first, second].map(
    ({ id: runId }) =>
      new Map(
        knownScores(db, runId).map(({ id, probability, label }) => [
          id,
          classAt(probability, threshold) === label,
        ]),
      ),
  ) as [Map<number, boolean>, Map<number, boolean>];
  const common = [...ofFirst.keys()].filter((id) => ofSecond.has(id));
  if (common.length === 0) {
    throw new TwofoldError(
      'too-few',
      `Runs ${first.id} and ${second.id} have no labelled validation picture in common, so they can't be compared. ` +
        `Train both with the same validation share and random seed.`,
    );
  }
  const onlyFirst = common.filter((id) => ofFirst.get(id) && !ofSecond.get(id));
  const onlySecond = common.filter((id) => !ofFirst.get(id) && ofSecond.get(id));
  const accuracy = [ofFirst, ofSecond].map((of) =>
    wilson(common.filter((id) => of.get(id)).length, common.length),
  ) as [Interval, Interval];
  return {
    pictures: common.length,
    accuracy,
    onlyFirst,
    onlySecond,
    p: mcnemarExact(onlyFirst.length, onlySecond.length),
  };
}
