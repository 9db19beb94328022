import type { AppContext } from '../app/services/context.ts';
import type { HandlersOf } from './answer.ts';

export function weightsHandlers({ weights }: AppContext): HandlersOf<'weights'> {
  return {
    'weights.start': ({ file }) => weights.import(file),
    'weights.state': () => weights.state,
    'weights.result': () => weights.result,
    'weights.cancel': weights.cancel,
  };
}
