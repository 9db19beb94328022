import type { AppContext } from '../app/services/context.ts';
import type { HandlersOf } from './answer.ts';

export function searchHandlers({ searcher }: AppContext): HandlersOf<'search'> {
  return {
    'search.start': ({ recipe }) => searcher.search(recipe),
    'search.state': () => searcher.state,
    'search.result': () => searcher.result,
    'search.cancel': searcher.cancel,
  };
}
