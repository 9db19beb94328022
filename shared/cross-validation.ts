import { z } from 'zod';
import { storedRecipeSchema } from './recipe.ts';

const share = z.number().min(0).max(1);

/** The latest cross-validation of a project, as it is stored. All of its figures stay the same when the classes are swapped. */
export const crossValidationSchema = z.strictObject({
  recipe: storedRecipeSchema,
  atMs: z.number(),
  /** Labelled pictures outside the test set, each predicted by a model that was not trained on it. */
  pictures: z.int().min(1),
  /** Over all pictures, with its 95% Wilson interval. */
  accuracy: z.strictObject({ value: share, low: share, high: share }),
  /** Accuracy of each fold. */
  accuracies: z.array(share).min(3),
});
export type StoredCrossValidation = z.infer<typeof crossValidationSchema>;

/** Choices of the window; the command line takes any number. */
export const SEED_COUNTS = [3, 5, 10] as const;
export const FOLD_COUNTS = [5, 10] as const;
