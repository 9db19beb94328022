import { expect, it, onTestFinished } from 'vitest';
import { FigureThread } from '../../main/engine/figures/figure-thread.ts';
import type { Project } from '../../main/library/folder.ts';
import { setLabels, swapClasses } from '../../main/library/labels/labels.ts';
import { setSplit } from '../../main/library/pictures/pictures.ts';
import { saveRunPictures } from '../../main/library/runs/predictions.ts';
import { createRun, updateRun } from '../../main/library/runs/runs.ts';
import { DEFAULT_RECIPE } from '../../shared/recipe.ts';
import { fillLibrary } from '../bench/library-rows.ts';
import { newProject, temporaryFolder } from '../kit/library.ts';

/** Ten labelled pictures, the odd ones of class 1; a run trained on 1 to 6, validated on 7 to 10 and wrong on 7. */
async function projectWithRun(): Promise<{ project: Project; run: string; figures: FigureThread }> {
  const project = newProject(temporaryFolder(), ['cat', 'dog']);
  const { db } = project;
  fillLibrary(project, 10);
  setLabels(db, [1, 3, 5, 7, 9], 1, 'mouse');
  setLabels(db, [2, 4, 6, 8, 10], 0, 'mouse');
  const { id: run } = createRun(db, { recipe: DEFAULT_RECIPE });
  await saveRunPictures(db, run, [
    ...[1, 2, 3, 4, 5, 6].map((id) => ({ id, split: 'train' as const })),
    ...[0.4, 0.1, 0.9, 0.2].map((probability, index) => ({
      id: 7 + index,
      split: 'validation' as const,
      probability,
    })),
  ]);
  updateRun(db, run, { status: 'done', bestEpoch: 1 });
  const figures = new FigureThread(project);
  onTestFinished(() => figures.close());
  return { project, run, figures };
}

it('answers with the labels and the class order that were stored before it was asked', async () => {
  const { project, run, figures } = await projectWithRun();
  const { db } = project;
  const sets = () => figures.ask({ kind: 'sets', run, threshold: 0.5 });
  const predictions = () => figures.ask({ kind: 'predictions', run, on: 'validation' });
  expect(await sets()).toMatchObject([
    { set: 'train', accuracy: null, pictures: 0, labelled: 6 },
    { set: 'validation', accuracy: { value: 0.75 }, pictures: 4, labelled: 4 },
  ]);
  expect(await predictions()).toEqual({
    ids: Uint32Array.of(7, 8, 9, 10),
    probabilities: Float64Array.of(0.4, 0.1, 0.9, 0.2),
  });
  setLabels(db, [7], 0, 'mouse');
  setLabels(db, [8], null, 'mouse');
  setSplit(db, [9], 'test');
  expect((await sets())[1]).toMatchObject({ accuracy: { value: 1 }, pictures: 2, labelled: 2 });
  // Predictions of pictures without a label are listed, too.
  expect((await predictions()).ids).toHaveLength(4);
  swapClasses(db, 'mouse');
  expect((await sets())[1]).toMatchObject({ accuracy: { value: 1 }, pictures: 2 });
  expect((await predictions()).probabilities[0]).toBe(0.6);
});

it('refuses in the words of what it computes, and after it was closed', async () => {
  const { run, figures } = await projectWithRun();
  await expect(figures.ask({ kind: 'sets', run: 'r9', threshold: 0.5 })).rejects.toMatchObject({
    code: 'not-found',
  });
  await expect(figures.ask({ kind: 'unsure', run, on: 'test', risk: 0.05 })).rejects.toMatchObject({
    code: 'too-few',
  });
  await figures.close();
  await expect(figures.ask({ kind: 'outOfFold', run })).rejects.toMatchObject({ code: 'not-found' });
});
