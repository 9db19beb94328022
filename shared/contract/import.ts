import { z } from 'zod';
import type { ImportItem, ImportProgress, ImportReport } from '../library.ts';
import { call, event } from './call.ts';
import { nothing, pathsSchema } from './fields.ts';
import type { TaskState } from './task.ts';

export const importCalls = {
  /**
   * Imports and answers when it is over (also when it was cancelled: see `status`); `import.progress` meanwhile.
   * One at a time: a second one is refused as `busy`.
   *
   * `paths`: whatever was dropped or chosen: picture files, one or more folders, or one CSV file. `mode` is for
   * folders: `auto` takes two sub-folders as classes where that fits, `labels` insists on it, `plain` never does.
   */
  'import.start': call(
    z.strictObject({ paths: pathsSchema, mode: z.enum(['auto', 'labels', 'plain']).default('auto') }),
  ).returns<ImportReport>(),
  'import.state': call(nothing).returns<TaskState<ImportProgress> | null>(),
  /** Answers, as `import.start` does, when the import under way is over; null where none is. */
  'import.result': call(nothing).returns<ImportReport | null>(),
  /** Stops after the file under way; what was imported stays. */
  'import.cancel': call(nothing).returns<null>(),
  /** Every import of the project, latest first. */
  'import.list': call(nothing).returns<ImportReport[]>(),
  /** Files left out and why, duplicates, moved and changed ones. */
  'import.items': call(z.strictObject({ importId: z.int().positive() })).returns<ImportItem[]>(),
  /** Asks where and writes those items as CSV; null when the person changes their mind. */
  'import.saveItems': call(z.strictObject({ importId: z.int().positive() })).returns<{
    path: string;
  } | null>(),
};

export const importEvents = {
  'import.progress': event<ImportProgress>(),
  /** Nothing came into a project that was created for an import, so it was closed and removed; `message` says why. */
  'import.nothing': event<{ message: string }>(),
};
