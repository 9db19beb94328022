import type { LeftOut } from '../../shared/jobs/left-out.ts';
import { classAt, evaluate, sigmoid, type Evaluation, type MetricIntervals } from '../../shared/metrics.ts';
import type { Recipe } from '../../shared/recipe.ts';
import { spreadOf, type Spread } from '../../shared/spread.ts';
import { swapClass, swapRecipe } from '../../shared/swap.ts';
import { metricIntervals } from '../insight/metric-intervals.ts';
import { getClasses } from '../library/labels/classes.ts';
import { cacheDir, type Project } from '../library/folder.ts';
import { inceptionV3 } from '../model/architecture/inception-v3.ts';
import { loadWeights } from '../model/weights/store.ts';
import { stratifiedFolds } from '../training/folds.ts';
import { runJob, type JobOptions } from '../training/supervisor.ts';
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
  const divided = await stratifiedFolds([...train, ...validation], {
    folds,
    seed: recipe.seed,
    classes: getClasses(db).map(({ name }) => name) as [string, string],
    groupOf: ({ sha256 }) => groups.get(sha256) ?? sha256,
  });
  // In stored class order, as in training.
  const toStored = (label: 0 | 1): 0 | 1 => (swapped ? swapClass(label) : label);
  const { scores, leftOut } = await runJob(
    {
      kind: 'cross-validate',
      cacheDir: cacheDir(project),
      recipe: swapped ? swapRecipe(recipe) : recipe,
      folds,
      pictures: divided.flatMap((pictures, fold) =>
        pictures.map((picture) => ({ ...picture, fold, label: toStored(picture.label) })),
      ),
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
  const accuracies = divided.map((_, fold) => {
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
