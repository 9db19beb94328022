import { z } from 'zod';
import type { ProgressEvent } from '../jobs/messages.ts';
import type { Prediction } from '../jobs/predict.ts';
import { runIdSchema, thresholdSchema } from '../library/runs.ts';
import { classNamesSchema } from '../library/classes.ts';
import { unsureRuleSchema, type UnsureRule } from '../unsure.ts';
import { call, event } from './call.ts';
import { nothing, pathsSchema } from './fields.ts';
import type { TaskState } from './task.ts';

/** A prediction with the token for the URL of its picture (`triedUrl(token)`). */
export interface TriedPicture extends Prediction {
  name: string;
  token: string;
}

/** A picture that is offered to be tried. */
export interface ExamplePicture {
  name: string;
  path: string;
  /** As of `TriedPicture`. */
  token: string;
}

export interface TriedPictures {
  /** When the run answers "unsure"; null: never. */
  unsure: UnsureRule | null;
  pictures: TriedPicture[];
}

export const tokenSchema = z.uuid();

export const predictCalls = {
  /** Predicts pictures and all pictures in folders. Sends `predict.progress` and `predict.some`. One at a time, otherwise `busy`. */
  'predict.start': call(z.strictObject({ run: runIdSchema, paths: pathsSchema })).returns<TriedPictures>(),
  /** The current prediction and its run. */
  'predict.state': call(nothing).returns<(TaskState<ProgressEvent> & { run: string }) | null>(),
  /** Like `predict.start` for the current prediction; null without one. */
  'predict.result': call(nothing).returns<TriedPictures | null>(),
  'predict.cancel': call(nothing).returns<null>(),
  /** The sample's unseen pictures, which its project does not contain; none in other projects. */
  'predict.examples': call(nothing).returns<ExamplePicture[]>(),
  /** The project's picture that a tried picture is, by its path; null where it is not in the project. */
  'predict.inProject': call(z.strictObject({ token: tokenSchema })).returns<{ id: number | null }>(),
  /** Shows the file of a tried picture in the system's file manager. */
  'predict.reveal': call(z.strictObject({ token: tokenSchema })).returns<null>(),
  /** Copies the path of a tried picture to the clipboard. */
  'predict.copyPath': call(z.strictObject({ token: tokenSchema })).returns<{ path: string }>(),
  /** Stores a pasted picture as a temporary file, to be predicted like any other. */
  'predict.paste': call(
    z.strictObject({ bytes: z.instanceof(Uint8Array).refine((bytes) => bytes.length <= 500_000_000) }),
  ).returns<{ path: string }>(),
  /** Asks for a file and writes path, label, probability, error, threshold; null if the dialog was cancelled. */
  'predict.saveCsv': call(
    z.strictObject({
      classes: classNamesSchema,
      threshold: thresholdSchema,
      unsure: unsureRuleSchema.nullable().default(null),
      predictions: z.array(
        z.strictObject({
          path: z.string(),
          probability: z.number().min(0).max(1).nullable(),
          error: z.string().nullable(),
        }),
      ),
    }),
  ).returns<{ path: string } | null>(),
};

export const predictEvents = {
  'predict.progress': event<ProgressEvent>(),
  /** The next predictions. */
  'predict.some': event<TriedPicture[]>(),
};
