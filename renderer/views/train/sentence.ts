import type { RunInfo } from '../../../shared/contract/train.ts';
import type { TrainEnd } from '../../../shared/jobs/train.ts';
import { metricsOf } from '../../lib/run-words.ts';

const ENDS: Record<TrainEnd, string> = {
  completed: 'All epochs completed.',
  'early-stopped': 'Stopped early: the validation loss no longer fell.',
  stopped: 'Stopped.',
  diverged: 'The loss became infinite or not a number, so training ended. Try a smaller learning rate.',
};

/** How a run ended, which epoch is kept, and what to do next where it failed. */
export function sentenceOn(run: RunInfo, isLive: boolean): { text: string; isBad: boolean } {
  if (isLive) return { text: 'Training. The best epoch so far is kept.', isBad: false };
  const metrics = metricsOf(run);
  if (run.error) {
    const forward = run.canContinue
      ? ' Click Resume to continue.'
      : ' No epoch was saved yet. Click “Use recipe”, then Train, to start again.';
    return {
      text: run.error.message + (run.status === 'crashed' || run.canContinue ? forward : ''),
      isBad: true,
    };
  }
  if (!metrics) return { text: '', isBad: false };
  return {
    text: `${ENDS[metrics.end]} Kept epoch ${metrics.bestEpoch} of ${metrics.epochs}, which has the lowest validation loss.`,
    isBad: metrics.end === 'diverged',
  };
}
