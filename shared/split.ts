/** The training, validation and test set. */
export const SPLITS = ['train', 'validation', 'test'] as const;
export type Split = (typeof SPLITS)[number];
/** The two sides into which training splits its pictures. */
export type TrainingSide = Exclude<Split, 'test'>;
/** The sets that a run can be evaluated on. */
export type EvaluatedSet = Exclude<Split, 'train'>;
