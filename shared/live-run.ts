import type { LeftOut } from './jobs/left-out.ts';
import type { BatchEvent, JobEvent, ProgressEvent } from './jobs/messages.ts';
import type { TrainResult } from './jobs/train.ts';
import type { EpochRecord } from './library/runs.ts';
import type { Ms } from './progress.ts';

/** An epoch with the accuracies of its batches, which are not stored. */
export interface SeenEpoch extends EpochRecord {
  /** Running accuracy of the epoch after each batch. */
  batchAccuracies?: number[];
}

/** The state of a run in training, from its events. */
export interface LiveRun {
  runId: string;
  phase: 'running' | 'pausing' | 'paused' | 'stopping';
  startedAtMs: Ms;
  progress: ProgressEvent | null;
  counts: TrainResult['counts'] | null;
  epochs: SeenEpoch[];
  /** Batches of the current epoch. */
  batches: BatchEvent[];
  leftOut: LeftOut[];
}

/** @param epochs those from before the run was resumed */
export const freshRun = (runId: string, epochs: readonly SeenEpoch[] = []): LiveRun => ({
  runId,
  phase: 'running',
  startedAtMs: Date.now(),
  progress: null,
  counts: null,
  epochs: [...epochs],
  batches: [],
  leftOut: [],
});

/** The run after one more event. Main and window both use this, so that a window opened later shows the same. */
export function withEvent(live: LiveRun, event: JobEvent): LiveRun {
  switch (event.type) {
    case 'progress':
      return { ...live, progress: event };
    case 'split':
      return { ...live, counts: event.counts };
    case 'batch':
      return {
        ...live,
        batches: event.batch === 1 ? [event] : [...live.batches, event],
        // A resumed run repeats the epochs after its checkpoint. Otherwise the array must stay the same object.
        epochs: live.epochs.some(({ epoch }) => epoch >= event.epoch)
          ? live.epochs.filter(({ epoch }) => epoch < event.epoch)
          : live.epochs,
      };
    case 'epoch': {
      const seen: SeenEpoch = {
        ...event,
        batchLosses: live.batches.map(({ batchLoss }) => batchLoss),
        batchAccuracies: live.batches.map(({ accuracy }) => accuracy),
      };
      return { ...live, batches: [], epochs: [...live.epochs, seen] };
    }
    case 'left-out':
      return { ...live, leftOut: [...live.leftOut, event.leftOut] };
    case 'paused':
      return live.phase === 'stopping' ? live : { ...live, phase: 'paused' };
    case 'resumed':
      return live.phase === 'stopping' ? live : { ...live, phase: 'running' };
    case 'predicted':
    case 'scored':
    case 'heat-map':
    case 'fold':
    case 'speed':
      return live;
  }
}
