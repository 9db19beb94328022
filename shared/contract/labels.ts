import { z } from 'zod';
import { labelSourceSchema, labelValueSchema, type LabelResult, type UndoState } from '../library/labels.ts';
import { call } from './call.ts';
import { nothing, pictureIdsSchema } from './fields.ts';

/** The result of a change of labels, which is on disk by then. Counts take longer, see `pictures.counts`. */
export interface LabelAnswer extends LabelResult {
  undo: UndoState;
}

export const labelCalls = {
  /** Sets the label of pictures, skips them (`'skipped'`) or clears their label (`null`), as one undo step. */
  'labels.set': call(
    z.strictObject({
      ids: pictureIdsSchema,
      label: labelValueSchema,
      source: labelSourceSchema,
      /** The previous batch of the same gesture, to be undone together unless something came in between. */
      join: z.int().positive().nullable().default(null),
    }),
  ).returns<LabelAnswer>(),
  /**
   * Removes pictures with their labels from the project, as one step of undo; the files stay. `pictures.changed` follows.
   * `join`: as in `labels.set`.
   */
  'labels.remove': call(
    z.strictObject({ ids: pictureIdsSchema, join: z.int().positive().nullable().default(null) }),
  ).returns<LabelAnswer>(),
  /** Records that the labels of pictures were checked and are right, as one undo step: `errors` does not list them again. */
  'labels.keep': call(
    z.strictObject({ ids: pictureIdsSchema, source: labelSourceSchema }),
  ).returns<LabelAnswer>(),
  /**
   * Swaps class 0 and class 1 (the positive class) in labels, runs, metrics and threshold, as one undo step. Sends
   * `project.changed` first, also if undo or redo swaps them. `busy` during training, imports, predictions and exports.
   */
  'labels.swap': call(nothing).returns<LabelAnswer>(),
  'labels.undo': call(nothing).returns<LabelAnswer>(),
  'labels.redo': call(nothing).returns<LabelAnswer>(),
  'labels.undoState': call(nothing).returns<UndoState>(),
};
