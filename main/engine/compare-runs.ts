import { plural } from '../../shared/format.ts';
import { TwofoldError } from '../../shared/errors.ts';
import type { RunRecord } from '../../shared/library.ts';
import { classAt, wilson, type Interval } from '../../shared/metrics.ts';
import { mcnemarExact } from '../insight/mcnemar.ts';
import type { Db } from '../library/database/sql.ts';
import { trainingSet } from '../library/pictures/pictures.ts';
import { getRunPictures } from '../library/runs/predictions.ts';
import { modelView } from './model-view.ts';

/** Two runs on the pictures that both were validated on, with the current labels and the project's threshold. */
export interface RunComparison {
  /** How many of these pictures there are. */
  pictures: number;
  /** Accuracy of the first and the second run on them, with 95% Wilson intervals. */
  accuracy: [Interval, Interval];
  /** Pictures, by id, that only the first run predicts correctly, and those that only the second does. */
  onlyFirst: number[];
  onlySecond: number[];
  /** Two-sided p-value of McNemar's exact test, 0..1: how likely such a difference is between runs that are equally good. */
  p: number;
}

/** Differences with a p-value below this are called unlikely to be chance. */
const SIGNIFICANT = 0.05;

/** @throws TwofoldError `too-few` if no picture was in the validation sets of both */
export function compareRuns(db: Db, first: RunRecord, second: RunRecord): RunComparison {
  const { threshold } = modelView(db);
  const labels = new Map(trainingSet(db).map(({ id, label }) => [id, label]));
  const [ofFirst, ofSecond] = [first, second].map(({ id: runId }) => {
    const correct = new Map<number, boolean>();
    for (const { id, split, probability } of getRunPictures(db, runId)) {
      const label = labels.get(id);
      if (split !== 'validation' || probability === null || label === undefined) continue;
      correct.set(id, classAt(probability, threshold) === label);
    }
    return correct;
  }) as [Map<number, boolean>, Map<number, boolean>];
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

/** The comparison in words: which run is better on how many pictures, and whether chance explains it. */
export function comparisonSentence(
  { onlyFirst, onlySecond, p }: RunComparison,
  [first, second]: readonly [string, string],
): string {
  if (onlyFirst.length + onlySecond.length === 0) {
    return `Run ${first} and run ${second} predict the same pictures correctly.`;
  }
  const value = p < 0.001 ? 'p < 0.001' : `p = ${p.toFixed(p < 0.01 ? 3 : 2)}`;
  return (
    `Run ${second} is right on ${plural(onlySecond.length, 'picture')} that run ${first} got wrong, and wrong on ${onlyFirst.length} ` +
    `that run ${first} got right; that ${p < SIGNIFICANT ? 'is unlikely to be chance' : 'could be chance'} (${value}).`
  );
}
