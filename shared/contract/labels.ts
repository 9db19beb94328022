import { z } from 'zod';
import { labelSourceSchema, labelValueSchema, type LabelResult, type UndoState } from '../library.ts';
import { call } from './call.ts';
import { nothing, pictureIdsSchema } from './fields.ts';

/** What a change of labels did; it is on disk when this arrives. Counting takes longer than labelling: see `pictures.counts`. */
export interface LabelAnswer extends LabelResult {
  undo: UndoState;
}

export const labelCalls = {
  /** Sets, skips (`'skipped'`) or clears (`null`) the label of pictures, as one step of undo. */
  'labels.set': call(
    z.strictObject({
      ids: pictureIdsSchema,
      label: labelValueSchema,
      source: labelSourceSchema,
      /** The batch of the same gesture's part before this one: undone together, unless something came in between. */
      join: z.int().positive().nullable().default(null),
    }),
  ).returns<LabelAnswer>(),
  /** Removes pictures with their labels from the project, as one step of undo; the files stay. `pictures.changed` follows. */
  'labels.remove': call(z.strictObject({ ids: pictureIdsSchema })).returns<LabelAnswer>(),
  /**
   * Makes the other class class 1, the positive one, as one step of undo: labels, runs, figures and threshold turn with it.
   * `project.changed` comes before the answer, also where undo or redo swaps them. Refused as `busy` while a run is
   * trained, pictures are imported or tried, or an export is written.
   */
  'labels.swap': call(nothing).returns<LabelAnswer>(),
  'labels.undo': call(nothing).returns<LabelAnswer>(),
  'labels.redo': call(nothing).returns<LabelAnswer>(),
  'labels.undoState': call(nothing).returns<UndoState>(),
};
