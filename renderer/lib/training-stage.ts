import { formatCount, formatLeft } from '../../shared/format.ts';
import type { Stage } from '../../shared/jobs/messages.ts';
import type { LiveRun } from '../../shared/live-run.ts';

const STAGES: Record<Stage, string> = {
  loading: 'Loading TensorFlow',
  features: 'Computing features',
  indexing: 'Indexing pictures',
  training: 'Training',
  validating: 'Validating',
  saving: 'Saving',
  predicting: 'Predicting',
  writing: 'Writing',
  checking: 'Verifying',
  explaining: 'Computing heat maps',
  comparing: 'Looking for near-duplicates',
  mapping: 'Computing the map',
};
const PHASES = { pausing: 'Pausing…', paused: 'Paused', stopping: 'Stopping…' } as const;
/** Stages before the epochs, each with a count of its own. */
const BEFORE: readonly Stage[] = ['features', 'indexing', 'comparing'];

/** What a run is doing: `Computing features`. */
export function stageOf({ phase, progress }: LiveRun): string {
  if (phase !== 'running') return PHASES[phase];
  return STAGES[progress?.stage ?? 'loading'];
}

/** How far it is in that, and how fast: `epoch 3`, `120 of 254`, `40 pictures/s`, `2 min left`. */
export function stageFacts({ phase, progress, epochs, batches }: LiveRun): string[] {
  if (!progress || progress.stage === 'loading') return [];
  const { stage, done, total, perSecond, leftMs, isLimit } = progress;
  const isBefore = BEFORE.includes(stage);
  const epoch = batches.at(-1)?.epoch ?? (epochs.at(-1)?.epoch ?? 0) + 1;
  const isRunning = phase === 'running';
  return [
    stage === 'training' ? `epoch ${epoch}` : null,
    isBefore ? `${formatCount(done)} of ${formatCount(total)}` : null,
    isRunning && perSecond !== null ? `${perSecond.toFixed(perSecond < 10 ? 1 : 0)} pictures/s` : null,
    isRunning && leftMs !== null && done < total
      ? `${formatLeft(leftMs, isLimit)}${isBefore ? ' before training starts' : ''}`
      : null,
  ].filter((fact) => fact !== null);
}
