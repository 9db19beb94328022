import { z } from 'zod';
import type { ImportWeightsResult } from '../jobs/import-weights.ts';
import type { ProgressEvent } from '../jobs/messages.ts';
import { call, event } from './call.ts';
import { nothing, pathSchema } from './fields.ts';
import type { TaskState } from './task.ts';

export const weightsCalls = {
  /**
   * Imports weights from a Keras `.h5` file under the file's name, or under their own if they are the official ones. Sends
   * `weights.progress`, in bytes. One file at a time, otherwise `busy`; `bad-input` if it has no InceptionV3.
   */
  'weights.start': call(z.strictObject({ file: pathSchema })).returns<ImportWeightsResult>(),
  'weights.state': call(nothing).returns<TaskState<ProgressEvent> | null>(),
  /** Like `weights.start` for the current import; null without one. */
  'weights.result': call(nothing).returns<ImportWeightsResult | null>(),
  /** Stores nothing. */
  'weights.cancel': call(nothing).returns<null>(),
};

export const weightsEvents = {
  'weights.progress': event<ProgressEvent>(),
};
