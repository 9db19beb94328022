import { z } from 'zod';
import type { StoredCrossValidation } from '../cross-validation.ts';
import type { ProgressEvent } from '../jobs/messages.ts';
import { recipeSchema } from '../recipe.ts';
import { call, event } from './call.ts';
import { nothing } from './fields.ts';
import type { TaskState } from './task.ts';

/** Cross-validation of a recipe. */
export const crossCalls = {
  /** Trains a model for each fold, and stores the figures. Sends `cross.progress`. One at a time, otherwise `busy`. */
  'cross.start': call(
    z.strictObject({ recipe: recipeSchema, folds: z.int().min(3).max(100) }),
  ).returns<StoredCrossValidation>(),
  'cross.state': call(nothing).returns<TaskState<ProgressEvent> | null>(),
  /** Like `cross.start` for the current one; null without one. */
  'cross.result': call(nothing).returns<StoredCrossValidation | null>(),
  'cross.cancel': call(nothing).returns<null>(),
  /** The latest of the project; null before. */
  'cross.latest': call(nothing).returns<StoredCrossValidation | null>(),
};

export const crossEvents = {
  'cross.progress': event<ProgressEvent>(),
};
