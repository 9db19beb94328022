import { z } from 'zod';
import { MODEL_FORMATS } from '../jobs/export.ts';
import type { LeftOut } from '../jobs/left-out.ts';
import type { ProgressEvent } from '../jobs/messages.ts';
import { runIdSchema } from '../library/runs.ts';
import type { Ms } from '../progress.ts';
import { kernelBitsSchema } from '../kernel-bits.ts';
import { call, event } from './call.ts';
import { nothing, pathSchema } from './fields.ts';
import type { TaskState } from './task.ts';

/** The export formats. */
export const EXPORT_FORMATS = [...MODEL_FORMATS, 'labels', 'folders', 'script'] as const;
export type ExportFormatId = (typeof EXPORT_FORMATS)[number];

/** An export format, for people. */
export interface ExportFormat {
  id: ExportFormatId;
  name: string;
  description: string;
  /** Whether a trained run is needed, or only labels. */
  needsRun: boolean;
}

/** The comparison of a reloaded export with the app on the same pictures. */
export interface ExportCheck {
  /** The runtime of the export, with versions. */
  runtime: string;
  /** How many were compared. */
  pictures: number;
  /** Pictures of the run that could not be compared: missing, changed, unreadable or no longer labelled. */
  unavailable: number;
  /** Of probabilities, absolute. */
  maxDifference: number;
  meanDifference: number;
  /** Largest accepted difference; null for quantised weights. */
  tolerance: number | null;
  /** Pictures for which both predict the same class at the threshold. */
  sameClass: number;
  /** Accuracies on the validation pictures (`unseen`), or on all pictures if there are none. */
  accuracy: { pictures: number; unseen: boolean; app: number; export: number };
}

/** The result of exporting one format. */
export interface ExportedFormat {
  format: ExportFormatId;
  folder: string;
  sizeBytes: number;
  durationMs: Ms;
  /** Null for formats without a model, and if `unchecked` says why. */
  check: ExportCheck | null;
  /** Why a model could not be compared with the app, as a sentence. */
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
  /** The current one; null before the first. */
  format: ExportFormatId | null;
  progress: ProgressEvent;
}

export const exportCalls = {
  /** All formats. */
  'export.formats': call(nothing).returns<ExportFormat[]>(),
  /**
   * Writes a format, or `all` of them in folders of their own, to a new folder; returns when it is on disk and models have
   * been compared with the app. Sends `export.progress`. One at a time, otherwise `busy`.
   */
  'export.start': call(
    z.strictObject({
      format: z.enum([...EXPORT_FORMATS, 'all']),
      /** Null: the newest with a model. */
      run: runIdSchema.nullable(),
      out: pathSchema,
      /** Only TensorFlow.js takes fewer than 32. */
      bits: kernelBitsSchema.default(32),
      /** In class folders, links instead of copies. */
      link: z.boolean().default(false),
      /** Replaces an existing export; nothing else is ever replaced. */
      force: z.boolean().default(false),
    }),
  ).returns<ExportReport>(),
  'export.state': call(nothing).returns<TaskState<ExportProgress> | null>(),
  /** Like `export.start` for the current export; null without one. */
  'export.result': call(nothing).returns<ExportReport | null>(),
  /** Removes what was written so far. */
  'export.cancel': call(nothing).returns<null>(),
  /** Shows an export in the system's file manager. */
  'export.reveal': call(z.strictObject({ path: pathSchema })).returns<null>(),
};

export const exportEvents = {
  'export.progress': event<ExportProgress>(),
};
