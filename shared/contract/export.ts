import { z } from 'zod';
import { call } from './call.ts';
import { nothing, pathSchema, runIdSchema } from './fields.ts';

/** Something that can be written, and what it is good for, in words. */
export interface ExportFormat {
  id: string;
  name: string;
  description: string;
  /** Whether a trained run is needed, or only labels. */
  needsRun: boolean;
}

export const exportCalls = {
  /** What this version can write. */
  'export.formats': call(nothing).returns<ExportFormat[]>(),
  /** Writes a format to a file or folder that is not there yet; answers when it is on disk. */
  'export.start': call(
    z.strictObject({ format: z.string().max(40), run: runIdSchema.nullable(), out: pathSchema }),
  ).returns<{ path: string; files: { name: string; sizeBytes: number }[] }>(),
  /** Shows what was written in the system's file manager. */
  'export.reveal': call(z.strictObject({ path: pathSchema })).returns<null>(),
};
