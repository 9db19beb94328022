import type { RunInfo } from '../../../shared/contract/train.ts';
import type { TrainEnd } from '../../../shared/jobs.ts';
import { metricsOf } from '../../lib/run-words.ts';

const ENDS: Record<TrainEnd, string> = {
  completed: 'All epochs are done.',
  'early-stopped': 'It stopped early, as the validation loss did not fall any more.',
  stopped: 'It was stopped.',
  diverged: 'The loss became infinite or no number, so training ended. Try a smaller learning rate.',
};

/** How a run ended and what is kept of it, in words, with the way forward where it ended badly. */
export function sentenceOn(run: RunInfo, isLive: boolean): { text: string; isBad: boolean } {
  if (isLive) return { text: 'It is being trained. The best epoch so far is kept.', isBad: false };
  const metrics = metricsOf(run);
  if (run.error) {
    const forward = run.canContinue
      ? ' Press Resume to go on.'
      : ' No epoch was saved yet, so begin anew: use its recipe and press Train.';
    return {
      text: run.error.message + (run.status === 'crashed' || run.canContinue ? forward : ''),
      isBad: true,
    };
  }
  if (!metrics) return { text: '', isBad: false };
  return {
    text: `${ENDS[metrics.end]} Kept: epoch ${metrics.bestEpoch} of ${metrics.epochs}, the one with the lowest validation loss.`,
    isBad: metrics.end === 'diverged',
  };
}
