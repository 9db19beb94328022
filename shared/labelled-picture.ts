import type { Split, TrainingSide } from './split.ts';

export type Label = 0 | 1;

/** A labelled picture. `split` is null if it is not set; training then decides. */
export interface LabelledPicture {
  id: number;
  path: string;
  sha256: string;
  label: Label;
  split: Split | null;
}

/** A labelled picture that training may use. */
export type TrainingPicture = LabelledPicture & { split: TrainingSide | null };

/** A labelled picture whose side of the split is decided. */
export type SplitPicture = LabelledPicture & { split: TrainingSide };

/** A picture with the name of its group, such as its near-duplicates, which go into one fold. */
export type Grouped<P> = P & { group: string };

/** A labelled picture with its predicted probability of class 1, if there is one. */
export interface PictureScore {
  id: number;
  split: Split;
  label: Label;
  probability: number | null;
}
