import { z } from 'zod';
import type { ProgressEvent } from '../jobs.ts';
import { call, event } from './call.ts';
import { nothing, runIdSchema } from './fields.ts';
import type { TaskState } from './task.ts';
import type { RunInfo } from './train.ts';

export const evaluateCalls = {
  /**
   * Evaluates a run on the test set with the project's threshold; answers with the run, which has its evaluation then.
   * `evaluate.progress` meanwhile. One at a time: else `busy`.
   */
  'evaluate.start': call(z.strictObject({ run: runIdSchema })).returns<RunInfo>(),
  /** The evaluation under way and the run that is evaluated. */
  'evaluate.state': call(nothing).returns<(TaskState<ProgressEvent> & { run: string }) | null>(),
  /** Answers, as `evaluate.start` does, when the evaluation under way is over; null where none is. */
  'evaluate.result': call(nothing).returns<RunInfo | null>(),
  /** Gives it up; an earlier evaluation stays. */
  'evaluate.cancel': call(nothing).returns<null>(),
};

export const evaluateEvents = {
  'evaluate.progress': event<ProgressEvent>(),
};
