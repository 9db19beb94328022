import { z } from 'zod';
import type { ProgressEvent } from '../jobs/messages.ts';
import { runIdSchema } from '../library/runs.ts';
import { call, event } from './call.ts';
import { nothing } from './fields.ts';
import type { TaskState } from './task.ts';
import type { RunInfo } from './train.ts';

export const evaluateCalls = {
  /**
   * Evaluates a run on the test set with the project's threshold; returns the run with its evaluation. Sends
   * `evaluate.progress`. One at a time, otherwise `busy`.
   */
  'evaluate.start': call(z.strictObject({ run: runIdSchema })).returns<RunInfo>(),
  /** The current evaluation and its run. */
  'evaluate.state': call(nothing).returns<(TaskState<ProgressEvent> & { run: string }) | null>(),
  /** Like `evaluate.start` for the current evaluation; null without one. */
  'evaluate.result': call(nothing).returns<RunInfo | null>(),
  /** Keeps an earlier evaluation. */
  'evaluate.cancel': call(nothing).returns<null>(),
};

export const evaluateEvents = {
  'evaluate.progress': event<ProgressEvent>(),
};
