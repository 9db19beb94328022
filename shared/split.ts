/** The training, validation and test set. */
export const SPLITS = ['train', 'validation', 'test'] as const;
export type Split = (typeof SPLITS)[number];
/** The two sides into which training splits its pictures. */
export type TrainingSide = Exclude<Split, 'test'>;
/** The sets that a run can be evaluated on. */
export const EVALUATED_SETS = ['validation', 'test'] as const satisfies readonly Split[];
export type EvaluatedSet = (typeof EVALUATED_SETS)[number];

/** How the labelled pictures of a project are divided for a new run. */
export interface SplitCounts {
  /** Pictures of class 0 and 1. */
  train: [number, number];
  validation: [number, number];
  /** Excluded, since the test set has the same content or a near-duplicate. */
  testCopies: number;
  /** Excluded, since their files are missing or have changed. */
  unusable: number;
  /** False while near-duplicates are still to be looked for among them, which may move some to the other side. */
  isFinal: boolean;
}
