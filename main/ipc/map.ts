import type { AppContext } from '../app/services/context.ts';
import type { HandlersOf } from './answer.ts';

export function mapHandlers({ insight }: AppContext): HandlersOf<'map'> {
  const { suggestions } = insight;
  return {
    'map.points': async ({ method }) => {
      for (;;) {
        // Step by step, so that suggestions don't wait for a whole map.
        const map = await suggestions.ask({ kind: 'map', method });
        if (map !== null) return map === 'none' ? null : map;
      }
    },
    'map.values': () => suggestions.ask({ kind: 'map-values' }),
  };
}
