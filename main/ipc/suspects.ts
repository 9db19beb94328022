import type { AppContext } from '../app/services/context.ts';
import type { HandlersOf } from './answer.ts';

export function suspectHandlers({ suspectFinder, insight }: AppContext): HandlersOf<'suspects'> {
  return {
    'suspects.quick': () => suspectFinder.quick(),
    'suspects.byHead': ({ run }) => suspectFinder.byHead(run),
    'suspects.neighbours': ({ ids }) => insight.suggestions.ask({ kind: 'neighbours', ids }),
  };
}
