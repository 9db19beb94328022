import type { EpochMetrics } from '../../shared/jobs/train.ts';
import type { RunRecord } from '../../shared/library/runs.ts';

/** How much better a run is on what it trains on than on what it is validated on, at the epoch that was kept. */
export interface OverfittingGap {
  epoch: number;
  /** Mean over the epoch while it was trained, with dropout and augmentation, as Keras prints them. */
  training: { accuracy: number; loss: number };
  validation: { accuracy: number; loss: number };
  /** Training accuracy less validation accuracy, -1..1; dropout and augmentation can make it negative. */
  accuracy: number;
  /** Validation loss less training loss. */
  loss: number;
}

/** @returns null where the run has no kept epoch */
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
