import type { LabelledPicture } from '../../shared/labelled-picture.ts';
import type { Recipe } from '../../shared/recipe.ts';
import type { Tensor } from '../model/tensorflow.ts';
import type { BatchOptions, FeatureSource } from './feature-source.ts';
import type { TrainBatch } from './fit.ts';
import { batches, epochOrder } from './order.ts';

/** The batches of an epoch: the pictures in the epoch's order, augmented as the recipe says. */
export async function* trainBatches(
  source: FeatureSource,
  pictures: readonly LabelledPicture[],
  recipe: Recipe,
  epoch: number,
): AsyncGenerator<TrainBatch<Tensor | Float32Array>> {
  const order = epochOrder(pictures.length, recipe.seed, epoch);
  const groups = [...batches(order, recipe.batch)].map((group) => group.map((index) => pictures[index]!));
  for await (const batch of source.batches(groups, batchOptions(recipe, epoch))) {
    yield { features: batch.features, labels: Float32Array.from(batch.pictures, ({ label }) => label) };
  }
}

function batchOptions({ seed, augmentation }: Recipe, epoch: number): BatchOptions {
  const { enabled, variants, ...ranges } = augmentation;
  if (!enabled) return { cached: true };
  if (variants === 0) return { cached: false, draw: { seed, epoch, ranges } };
  return { cached: true, draw: { seed, epoch: ((epoch - 1) % variants) + 1, ranges } };
}
