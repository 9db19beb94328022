import type { AppContext } from '../app/services/context.ts';
import type { HandlersOf } from './answer.ts';

export function storageHandlers({ storage }: AppContext): HandlersOf<'storage'> {
  return {
    'storage.measure': () => storage.measure(),
    'storage.clear': ({ kinds }) => storage.clear(kinds),
    'storage.setLimit': ({ limitBytes }) => storage.setLimit(limitBytes),
    'storage.cancel': storage.cancel,
  };
}
