import { z } from 'zod';
import { call } from './call.ts';
import { runIdSchema } from '../library/runs.ts';

export const reportCalls = {
  /** Asks where and writes a report of a run as one HTML file; null if the person cancels. */
  'report.save': call(z.strictObject({ run: runIdSchema })).returns<{ path: string } | null>(),
};
