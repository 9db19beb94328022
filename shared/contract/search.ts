import { z } from 'zod';
import type { ProgressEvent } from '../jobs/messages.ts';
import type { RecipeSearch } from '../recipe-search.ts';
import { recipeSchema } from '../recipe.ts';
import { call, event } from './call.ts';
import { nothing } from './fields.ts';
import type { TaskState } from './task.ts';

export const searchCalls = {
  /**
   * Compares layers and input sizes of InceptionV3 with those of the recipe on the labelled pictures. Sends
   * `search.progress`. One at a time, otherwise `busy`.
   */
  'search.start': call(z.strictObject({ recipe: recipeSchema })).returns<RecipeSearch>(),
  'search.state': call(nothing).returns<TaskState<ProgressEvent> | null>(),
  /** Like `search.start` for the current comparison; null without one. */
  'search.result': call(nothing).returns<RecipeSearch | null>(),
  /** Features that were computed are kept. */
  'search.cancel': call(nothing).returns<null>(),
};

export const searchEvents = {
  'search.progress': event<ProgressEvent>(),
};
