import { expect, test } from 'vitest';
import { run } from '../../main/library/database/sql.ts';
import { commonAccuracy } from '../../main/library/runs/common-accuracy.ts';
import { saveRunPictures } from '../../main/library/runs/predictions.ts';
import { createRun } from '../../main/library/runs/runs.ts';
import { updateSettings } from '../../main/library/settings.ts';
import { wilson } from '../../shared/metrics.ts';
import { DEFAULT_RECIPE } from '../../shared/recipe.ts';
import { fillLibrary } from '../bench/library-rows.ts';
import { newProject } from '../kit/library.ts';

const validated = (probabilities: Record<number, number>) =>
  Object.entries(probabilities).map(([id, probability]) => ({
    id: Number(id),
    split: 'validation' as const,
    probability,
  }));

test('runs are compared on their common validation pictures, with the current labels and threshold', async () => {
  const project = newProject();
  const { db } = project;
  fillLibrary(project, 6);
  // Pictures 1 to 3 are of class 0, the others of class 1.
  run(db, 'UPDATE stored_pictures SET label = id > 3');
  const [first, second] = [0, 1].map(() => createRun(db, { recipe: DEFAULT_RECIPE }).id) as [string, string];
  await saveRunPictures(db, first, validated({ 1: 0.2, 2: 0.6, 4: 0.9, 5: 0.8 }));
  await saveRunPictures(db, second, [
    ...validated({ 1: 0.1, 2: 0.3, 4: 0.2, 6: 0.9 }),
    { id: 5, split: 'train', probability: 0.99 },
  ]);
  expect(commonAccuracy(db, [first, second])).toEqual({
    common: 3,
    differ: true,
    accuracies: [wilson(2, 3), wilson(2, 3)],
  });
  updateSettings(db, { threshold: 0.65 });
  expect(commonAccuracy(db, [second, first]).accuracies).toEqual([wilson(2, 3), wilson(3, 3)]);

  // A swap turns the stored threshold as well, so correct predictions stay correct.
  run(db, 'UPDATE project SET swapped = 1');
  expect(commonAccuracy(db, [second, first]).accuracies).toEqual([wilson(2, 3), wilson(3, 3)]);

  // A picture that has lost its label no longer counts; one that went into the test set neither.
  run(db, 'UPDATE stored_pictures SET label = NULL WHERE id = 1');
  run(db, "UPDATE stored_pictures SET split = 'test' WHERE id = 2");
  expect(commonAccuracy(db, [first, second])).toMatchObject({
    common: 1,
    accuracies: [wilson(1, 1), wilson(0, 1)],
  });
  run(db, 'UPDATE stored_pictures SET label = NULL');
  expect(commonAccuracy(db, [first, second])).toEqual({ common: 0, differ: false, accuracies: [null, null] });
  expect(() => commonAccuracy(db, [first, 'r9'])).toThrow('no run r9');
});
