import type { EpochMetrics } from './jobs/train.ts';
import type { RunRecord } from './library/runs.ts';

/** How much better a run is on its training set than on its validation set, at the kept epoch. */
export interface OverfittingGap {
  epoch: number;
  /** Means over the batches of the epoch, with dropout and augmentation, as Keras reports them. */
  training: { accuracy: number; loss: number };
  validation: { accuracy: number; loss: number };
  /** Training accuracy minus validation accuracy, -1..1; dropout and augmentation can make it negative. */
  accuracy: number;
  /** Validation loss minus training loss. */
  loss: number;
}

/** @returns null if the run has no kept epoch */
export function overfittingGap(
  { bestEpoch }: Pick<RunRecord, 'bestEpoch'>,
  epochs: readonly EpochMetrics[],
): OverfittingGap | null {
  const kept = epochs.find(({ epoch }) => epoch === bestEpoch);
  if (!kept) return null;
  const { epoch, accuracy, loss, valAccuracy, valLoss } = kept;
  return {
    epoch,
    training: { accuracy, loss },
    validation: { accuracy: valAccuracy, loss: valLoss },
    accuracy: accuracy - valAccuracy,
    loss: valLoss - loss,
  };
}
