import { z } from 'zod';
import type { ProgressEvent } from '../jobs/messages.ts';
import { runIdSchema } from '../library/runs.ts';
import { call, event } from './call.ts';
import { nothing } from './fields.ts';
import type { TaskState } from './task.ts';

export const reportCalls = {
  /**
   * Asks where and writes a report of a run as one HTML file; null if the person cancels the dialog. Sends
   * `report.progress`. One at a time, otherwise `busy`.
   */
  'report.save': call(z.strictObject({ run: runIdSchema })).returns<{ path: string } | null>(),
  'report.state': call(nothing).returns<TaskState<ProgressEvent> | null>(),
  /** Like `report.save` for the report that is being written; null without one. */
  'report.result': call(nothing).returns<{ path: string } | null>(),
  /** A file that was there before stays as it is. */
  'report.cancel': call(nothing).returns<null>(),
};

export const reportEvents = {
  'report.progress': event<ProgressEvent>(),
};
