import type { Label } from '../../shared/labelled-picture.ts';
import type { Recipe } from '../../shared/recipe.ts';
import { weightsOfClasses } from '../../shared/recipe/class-weights.ts';
import { Head } from '../model/head/head.ts';
import type { FeatureSource } from './feature-source.ts';
import { countClasses } from './split.ts';

/**
 * Creates the untrained head of a recipe.
 *
 * @param pictures that it will be trained on, whose classes decide balanced class weights
 */
export function createHead(
  source: FeatureSource,
  { units, dropout, learningRate, seed, classWeights }: Recipe,
  pictures: readonly { label: Label }[],
): Promise<Head> {
  return Head.create({
    features: source.extractor.features,
    units,
    dropout,
    learningRate,
    seed,
    lossWeights: weightsOfClasses(classWeights, countClasses(pictures)),
  });
}
