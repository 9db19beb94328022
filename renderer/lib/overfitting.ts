import type { EpochMetrics } from '../../shared/jobs/train.ts';

/** Epochs in which a model learned its training pictures by heart instead of what they have in common. */
export interface Overfitting {
  /** The epoch with the lowest validation loss, after which it began. */
  from: number;
  /** The last epoch that was looked at. */
  to: number;
  /** By how much the validation loss of the last epochs lies above its lowest. */
  rise: number;
}

/** Epochs that must follow the best one: with fewer, a rise is as likely an accident of the batches. */
export const MIN_EPOCHS_AFTER_BEST = 3;
/** A rise counts from this share of the lowest loss on … */
const MIN_RELATIVE_RISE = 0.05;
/** … and from this much on, since relative changes of a loss near 0 say nothing. */
const MIN_RISE = 0.01;

/**
 * Finds overfitting in the losses of a run: since the epoch with the lowest validation loss, the validation loss has
 * risen while the training loss has fallen, both as a trend (the slope of the least-squares line) and by more than noise.
 *
 * @param epochs in order; those whose losses are no numbers are passed over
 * @returns null where there is none, or too few epochs to tell
 */
export function findOverfitting(
  epochs: readonly Pick<EpochMetrics, 'epoch' | 'loss' | 'valLoss'>[],
): Overfitting | null {
  const known = epochs.filter(({ loss, valLoss }) => Number.isFinite(loss) && Number.isFinite(valLoss));
  if (known.length === 0) return null;
  const best = known.reduce((lowest, epoch) => (epoch.valLoss < lowest.valLoss ? epoch : lowest));
  const since = known.slice(known.indexOf(best));
  if (since.length <= MIN_EPOCHS_AFTER_BEST) return null;

  const last = since.slice(-MIN_EPOCHS_AFTER_BEST);
  const rise = last.reduce((sum, { valLoss }) => sum + valLoss, 0) / last.length - best.valLoss;
  if (rise < Math.max(MIN_RISE, MIN_RELATIVE_RISE * best.valLoss)) return null;
  const rises = slope(since.map(({ epoch, valLoss }) => [epoch, valLoss])) > 0;
  const falls = slope(since.map(({ epoch, loss }) => [epoch, loss])) < 0;
  return rises && falls ? { from: best.epoch, to: since.at(-1)!.epoch, rise } : null;
}

/** Slope of the least-squares line through at least two points with different x. */
function slope(points: readonly (readonly [x: number, y: number])[]): number {
  const meanX = points.reduce((sum, [x]) => sum + x, 0) / points.length;
  const meanY = points.reduce((sum, [, y]) => sum + y, 0) / points.length;
  let [xy, xx] = [0, 0];
  for (const [x, y] of points) {
    xy += (x - meanX) * (y - meanY);
    xx += (x - meanX) ** 2;
  }
  return xy / xx;
}
