import type { AppContext } from '../app/services/context.ts';
import type { HandlersOf } from './answer.ts';

export function mapHandlers({ insight, mapMaker }: AppContext): HandlersOf<'map'> {
  const { suggestions } = insight;
  return {
    'map.points': async ({ method }) => {
      for (;;) {
        // Step by step, so that suggestions don't wait for a whole map.
        const map = await suggestions.ask({ kind: 'map', method });
        if (map !== null) return map === 'none' ? null : map;
      }
    },
    'map.compute': () => mapMaker.compute(),
    'map.state': () => mapMaker.state,
    'map.result': () => mapMaker.result,
    'map.cancel': mapMaker.cancel,
    'map.values': () => suggestions.ask({ kind: 'map-values' }),
  };
}
