import { z } from 'zod';
import type { Prediction, ProgressEvent } from '../jobs.ts';
import { thresholdSchema } from '../library.ts';
import { call, event } from './call.ts';
import { nothing, pathsSchema, runIdSchema } from './fields.ts';
import type { TaskState } from './task.ts';

/** A prediction with the name under which the window may show its picture (`triedUrl(token)`). */
export interface TriedPicture extends Prediction {
  name: string;
  token: string;
}

export interface TriedPictures {
  classes: [string, string];
  pictures: TriedPicture[];
}

export const predictCalls = {
  /**
   * Predicts pictures and all pictures in folders; answers when it is over, with `predict.progress` and
   * `predict.some` meanwhile. One at a time: else `busy`.
   */
  'predict.start': call(z.strictObject({ run: runIdSchema, paths: pathsSchema })).returns<TriedPictures>(),
  /** The prediction under way and the run that is asked. */
  'predict.state': call(nothing).returns<(TaskState<ProgressEvent> & { run: string }) | null>(),
  /** Answers, as `predict.start` does, when the prediction under way is over; null where none is. */
  'predict.result': call(nothing).returns<TriedPictures | null>(),
  'predict.cancel': call(nothing).returns<null>(),
  /** Keeps a pasted picture as a file of this session, to be predicted like any other. */
  'predict.paste': call(
    z.strictObject({ bytes: z.instanceof(Uint8Array).refine((bytes) => bytes.length <= 500_000_000) }),
  ).returns<{ path: string }>(),
  /** Asks where and writes path, label, probability, error, threshold; null when the person changes their mind. */
  'predict.saveCsv': call(
    z.strictObject({
      classes: z.tuple([z.string(), z.string()]),
      threshold: thresholdSchema,
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
  /** Some more predictions, as they come. */
  'predict.some': event<TriedPicture[]>(),
};
