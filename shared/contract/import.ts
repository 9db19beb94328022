import { z } from 'zod';
import type { ImportItem, ImportProgress, ImportReport } from '../library/import.ts';
import { call, event } from './call.ts';
import { nothing, pathsSchema } from './fields.ts';
import type { TaskState } from './task.ts';

export const importCalls = {
  /**
   * Imports pictures; returns when it has ended or was cancelled (see `status`). Sends `import.progress`. One at a time,
   * otherwise `busy`.
   *
   * `paths`: picture files, one or more folders, or one CSV file. `mode` is for folders: `auto` reads two sub-folders as
   * classes if possible, `labels` requires it, `plain` never does.
   */
  'import.start': call(
    z.strictObject({ paths: pathsSchema, mode: z.enum(['auto', 'labels', 'plain']).default('auto') }),
  ).returns<ImportReport>(),
  'import.state': call(nothing).returns<TaskState<ImportProgress> | null>(),
  /** Like `import.start` for the current import; null without one. */
  'import.result': call(nothing).returns<ImportReport | null>(),
  /** Stops after the current file; what was imported stays. */
  'import.cancel': call(nothing).returns<null>(),
  /** Every import of the project, latest first. */
  'import.list': call(nothing).returns<ImportReport[]>(),
  /** Skipped files with the reason, duplicates, moved and changed ones. */
  'import.items': call(z.strictObject({ importId: z.int().positive() })).returns<ImportItem[]>(),
  /** Asks for a file and writes the items as CSV; null if the dialog was cancelled. */
  'import.saveItems': call(z.strictObject({ importId: z.int().positive() })).returns<{
    path: string;
  } | null>(),
};

export const importEvents = {
  'import.progress': event<ImportProgress>(),
  /** Nothing was imported into a new project, so it was closed and removed; `message` says why. */
  'import.nothing': event<{ message: string }>(),
};
