import { expect, test } from 'vitest';
import { setAccuracies } from '../../main/engine/known-evaluation.ts';
import { setLabels } from '../../main/library/labels/labels.ts';
import { getPictures } from '../../main/library/pictures/pictures.ts';
import { saveRunPictures } from '../../main/library/runs/predictions.ts';
import { createRun } from '../../main/library/runs/runs.ts';
import { wilson } from '../../shared/metrics.ts';
import { differenceOf } from '../../shared/overfitting-gap.ts';
import { DEFAULT_RECIPE } from '../../shared/recipe.ts';
import { newProject } from '../kit/library.ts';
import { fillLibrary } from '../bench/library-rows.ts';
import reference from '../reference/insight/difference.json' with { type: 'json' };

test.each(reference.differences)(
  'the interval of a difference equals that of statsmodels for $first and $second',
  ({ first, second, low, high }) => {
    const [one, other] = [wilson(first[0]!, first[1]!)!, wilson(second[0]!, second[1]!)!];
    const difference = differenceOf(one, other);
    expect(difference.value).toBeCloseTo(first[0]! / first[1]! - second[0]! / second[1]!, 12);
    expect(difference.low).toBeCloseTo(low, 10);
    expect(difference.high).toBeCloseTo(high, 10);
  },
);

test('accuracies of the sets are at one threshold, of predicted pictures with their current labels', async () => {
  const project = newProject();
  const { db } = project;
  fillLibrary(project, 60);
  const ids = Array.from({ length: 60 }, (_, index) => index + 1);
  setLabels(db, ids.slice(0, 20), 0, 'key');
  setLabels(db, ids.slice(20, 50), 1, 'key');
  const labelled = getPictures(db, ids).filter(({ label }) => label === 0 || label === 1);
  const { id } = createRun(db, { recipe: DEFAULT_RECIPE });
  // Class 1 is predicted with 0.6, class 0 with 0.2; of the training set every other picture only.
  await saveRunPictures(
    db,
    id,
    labelled.map((picture, place) => ({
      id: picture.id,
      split: place % 2 === 0 ? 'train' : 'validation',
      ...(place % 4 !== 0 && { probability: picture.label === 1 ? 0.6 : 0.2 }),
    })),
  );
  const of = (side: number) => labelled.filter((_, place) => place % 2 === side);
  const predicted = labelled.filter((_, place) => place % 4 === 2);
  expect(setAccuracies(db, id, 0.5)).toEqual([
    {
      set: 'train',
      accuracy: wilson(predicted.length, predicted.length),
      pictures: predicted.length,
      labelled: of(0).length,
    },
    {
      set: 'validation',
      accuracy: wilson(of(1).length, of(1).length),
      pictures: of(1).length,
      labelled: of(1).length,
    },
  ]);
  const zeros = of(1).filter(({ label }) => label === 0).length;
  expect(setAccuracies(db, id, 0.7)[1]!.accuracy).toEqual(wilson(zeros, of(1).length));
});
