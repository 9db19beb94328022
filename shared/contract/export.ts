import { z } from 'zod';
import { MODEL_FORMATS, type LeftOut, type Ms, type ProgressEvent } from '../jobs.ts';
import { call, event } from './call.ts';
import { nothing, pathSchema, runIdSchema } from './fields.ts';
import type { TaskState } from './task.ts';

/** Everything that can be exported; `all` is each of them in a folder of its own. */
export const EXPORT_FORMATS = [...MODEL_FORMATS, 'labels', 'folders', 'script'] as const;
export type ExportFormatId = (typeof EXPORT_FORMATS)[number];

/** Something that can be written, and what it is good for, in words. */
export interface ExportFormat {
  id: ExportFormatId;
  name: string;
  description: string;
  /** Whether a trained run is needed, or only labels. */
  needsRun: boolean;
}

/** What came of loading an export again and comparing its answers with the app's on the same pictures. */
export interface ExportCheck {
  /** What ran the export, with versions. */
  runtime: string;
  /** How many were compared. */
  pictures: number;
  /** Pictures the run had that could not be used: missing, changed, unreadable or no longer labelled. */
  unavailable: number;
  /** Of probabilities, absolute. */
  maxDifference: number;
  meanDifference: number;
  /** Largest difference that passes; null where weights were quantised. */
  tolerance: number | null;
  /** Pictures to which both give the same class at the threshold. */
  sameClass: number;
  /** Shares of right answers on the pictures that were not trained on (`unseen`), or on all where there are none. */
  accuracy: { pictures: number; unseen: boolean; app: number; export: number };
}

/** One format as it was written. */
export interface ExportedFormat {
  format: ExportFormatId;
  folder: string;
  sizeBytes: number;
  durationMs: Ms;
  /** Null for formats that hold no model, and where `unchecked` says why there is none. */
  check: ExportCheck | null;
  /** Why a model was written without comparing it with the app, as a sentence; else null. */
  unchecked: string | null;
  /** Pictures that could not be put into class folders. */
  leftOut: LeftOut[];
}

export interface ExportReport {
  folder: string;
  run: string | null;
  exports: ExportedFormat[];
  /** Names below the folder, with `/`. */
  files: readonly { name: string; sizeBytes: number }[];
}

export interface ExportProgress {
  /** The one that is written; null before the first. */
  format: ExportFormatId | null;
  progress: ProgressEvent;
}

export const exportCalls = {
  /** What this version can write. */
  'export.formats': call(nothing).returns<ExportFormat[]>(),
  /**
   * Writes a format, or `all` of them, to a folder that is not there yet; answers when it is on disk and models have
   * been compared with the app. `export.progress` meanwhile. One at a time: else `busy`.
   */
  'export.start': call(
    z.strictObject({
      format: z.enum([...EXPORT_FORMATS, 'all']),
      /** The newest with a model where it is null. */
      run: runIdSchema.nullable(),
      out: pathSchema,
      /** Bits of a kernel's value in TensorFlow.js. */
      bits: z.union([z.literal(32), z.literal(16), z.literal(8)]).default(32),
      /** In class folders, links instead of copies. */
      link: z.boolean().default(false),
      /** Replaces an export that is there already; nothing else is ever replaced. */
      force: z.boolean().default(false),
    }),
  ).returns<ExportReport>(),
  'export.state': call(nothing).returns<TaskState<ExportProgress> | null>(),
  /** Answers, as `export.start` does, when the export under way is over; null where none is. */
  'export.result': call(nothing).returns<ExportReport | null>(),
  /** Gives it up; nothing half-written stays. */
  'export.cancel': call(nothing).returns<null>(),
  /** Shows what was written in the system's file manager. */
  'export.reveal': call(z.strictObject({ path: pathSchema })).returns<null>(),
};

export const exportEvents = {
  'export.progress': event<ExportProgress>(),
};
