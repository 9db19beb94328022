import { TwofoldError } from '../../shared/errors.ts';
import type { LeftOut } from '../../shared/jobs/left-out.ts';
import { classAt, evaluate, sigmoid, type Evaluation, type MetricIntervals } from '../../shared/metrics.ts';
import type { Recipe } from '../../shared/recipe.ts';
import { spreadOf, type Spread } from '../../shared/spread.ts';
import { swapClass, swapRecipe } from '../../shared/swap.ts';
import { countGroups } from '../insight/folds.ts';
import { metricIntervals } from '../insight/metric-intervals.ts';
import { getClasses } from '../library/labels/classes.ts';
import { cacheDir, type Project } from '../library/folder.ts';
import { inceptionV3 } from '../model/architecture/inception-v3.ts';
import { loadWeights } from '../model/weights/store.ts';
import { runJob, type JobOptions } from '../training/supervisor.ts';
import { groupsAmong } from './duplicates.ts';
import { groupedSplit } from './grouped-split.ts';
import { modelView } from './model-view.ts';

export interface CrossValidation {
  /** Evaluation of the out-of-fold predictions of all pictures, at the project's threshold. */
  evaluation: Evaluation;
  intervals: MetricIntervals;
  /** Mean and spread of the accuracies of the folds. */
  accuracy: Spread;
  /** Accuracy of each fold. */
  accuracies: number[];
  /** Out-of-fold predictions: probability of class 1. */
  predictions: { id: number; label: 0 | 1; fold: number; probability: number }[];
  leftOut: LeftOut[];
}

/**
 * Estimates how good a recipe is by stratified cross-validation over all labelled training and validation pictures.
 * Near-duplicates stay in one fold if the recipe says so. Caches features, but stores no results.
 *
 * @param folds 3 or more
 * @throws TwofoldError if the pictures can't be trained on; `too-few` for this number of folds; `diverged`, `cancelled`
 */
export async function crossValidate(
  project: Project,
  wanted: Recipe,
  folds: number,
  options: JobOptions,
): Promise<CrossValidation> {
  const { db } = project;
  const { swapped, threshold } = modelView(db);
  inceptionV3({ cut: wanted.cut, size: wanted.size });
  const recipe = { ...wanted, weights: (await loadWeights(wanted.weights)).name };
  const { train, validation, groups } = await groupedSplit(project, recipe, options);
  const pictures = groupsAmong([...train, ...validation], groups);
  refuseTooFew(pictures, folds, getClasses(db));
  // In stored class order, as in training.
  const toStored = (label: 0 | 1): 0 | 1 => (swapped ? swapClass(label) : label);
  const { scores, leftOut } = await runJob(
    {
      kind: 'cross-validate',
      cacheDir: cacheDir(project),
      recipe: swapped ? swapRecipe(recipe) : recipe,
      folds,
      pictures: pictures.map((picture) => ({ ...picture, label: toStored(picture.label) })),
    },
    options,
  );
  const logits = scores.map(({ logit }) => (swapped ? -logit : logit));
  const predictions = scores.map(({ id, label, fold }, index) => ({
    id,
    label: toStored(label),
    fold,
    probability: sigmoid(logits[index]!),
  }));
  const accuracies = Array.from({ length: folds }, (_, fold) => {
    const of = predictions.filter((prediction) => prediction.fold === fold);
    return (
      of.filter(({ label, probability }) => classAt(probability, threshold) === label).length / of.length
    );
  });
  return {
    evaluation: evaluate(predictions, logits, threshold),
    intervals: await metricIntervals(predictions, { threshold }),
    accuracy: spreadOf(accuracies),
    accuracies,
    predictions,
    leftOut,
  };
}

/** @throws TwofoldError `too-few` if a class has fewer groups than there are folds */
export function refuseTooFew(
  pictures: readonly { label: 0 | 1; group: string }[],
  folds: number,
  classes: readonly { name: string }[],
): void {
  const counts = countGroups(
    pictures.map(({ label }) => label),
    pictures.map(({ group }) => group),
  );
  counts.forEach((count, label) => {
    if (count >= folds) return;
    throw new TwofoldError(
      'too-few',
      `"${classes[label]!.name}" has ${count} different pictures outside the test set, and ${folds} folds need at least ${folds} of each class. ` +
        (count >= 3 ? `Use ${count} folds, or label more pictures.` : 'Label more pictures.'),
    );
  });
}
