import { z } from 'zod';
import type { ClassIndex, LabelValue } from '../library/labels.ts';
import { runIdSchema } from '../library/runs.ts';
import { call } from './call.ts';
import { nothing, pictureIdSchema } from './fields.ts';

const classSchema = z.union([z.literal(0), z.literal(1)]);

/** A label that contradicts the prediction for its picture by a model that was not trained on it. */
export const suspectSchema = z.strictObject({
  id: pictureIdSchema,
  label: classSchema,
  predicted: classSchema,
  /** Of the predicted class, 0.5..1. */
  probability: z.number(),
  /** Whether confident learning counts it among the errors, rather than among the difficult pictures. */
  isLikely: z.boolean(),
});
export type Suspect = z.infer<typeof suspectSchema>;

/** A label that was checked, as it was ranked, and what became of it. */
export interface CheckedLabel {
  suspect: Suspect;
  /** The label that the picture has now. */
  now: LabelValue;
  /** Whether its label was kept. */
  isKept: boolean;
}

export interface SuspectList {
  /** The most likely errors first, without labels that were checked and kept. */
  suspects: Suspect[];
  /** Labelled pictures outside the test set that were predicted. */
  labelled: number;
  /** Labelled pictures outside the test set that are not indexed, and so not predicted. */
  unindexed: number;
}

/** A labelled picture that is similar to another. */
export interface SuspectNeighbour {
  id: number;
  label: ClassIndex;
  /** Cosine of the angle between the two vectors of the index. */
  similarity: number;
}

export const suspectCalls = {
  /** Out-of-fold predictions by the quick classifier. `too-few` labels of a class. */
  'suspects.quick': call(nothing).returns<SuspectList>(),
  /** Out-of-fold predictions by heads like a run's, which `folds.start` computed; null unless it did for the current labels. */
  'suspects.byHead': call(z.strictObject({ run: runIdSchema })).returns<SuspectList | null>(),
  /** The checked labels of a queue that is not finished, see `suspects.setChecked`, in their order. */
  'suspects.checked': call(nothing).returns<CheckedLabel[]>(),
  /** Remembers which labels of the queue were checked, so that progress survives a restart. */
  'suspects.setChecked': call(z.strictObject({ suspects: z.array(suspectSchema) })).returns<null>(),
  /** The labelled pictures outside the test set that are most similar to each picture, the most similar first. */
  'suspects.neighbours': call(z.strictObject({ ids: z.array(pictureIdSchema).max(20) })).returns<
    SuspectNeighbour[][]
  >(),
};
