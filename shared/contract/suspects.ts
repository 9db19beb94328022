import { z } from 'zod';
import type { ClassIndex } from '../library/labels.ts';
import { runIdSchema } from '../library/runs.ts';
import { call } from './call.ts';
import { nothing, pictureIdSchema } from './fields.ts';

/** A label that contradicts the prediction for its picture by a model that was not trained on it. */
export interface Suspect {
  id: number;
  label: ClassIndex;
  predicted: ClassIndex;
  /** Of the predicted class, 0.5..1. */
  probability: number;
  /** Whether confident learning counts it among the errors, rather than among the difficult pictures. */
  isLikely: boolean;
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
  /** The labelled pictures outside the test set that are most similar to each picture, the most similar first. */
  'suspects.neighbours': call(z.strictObject({ ids: z.array(pictureIdSchema).max(20) })).returns<
    SuspectNeighbour[][]
  >(),
};
