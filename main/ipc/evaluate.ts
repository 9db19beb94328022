import type { AppContext } from '../app/services/context.ts';
import type { HandlersOf } from './answer.ts';

export function evaluateHandlers({ evaluator }: AppContext): HandlersOf<'evaluate'> {
  return {
    'evaluate.start': ({ run }) => evaluator.evaluate(run),
    'evaluate.state': () => evaluator.state,
    'evaluate.result': () => evaluator.result,
    'evaluate.cancel': evaluator.cancel,
  };
}
