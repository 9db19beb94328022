import type { AppContext } from '../app/services/context.ts';
import type { HandlersOf } from './answer.ts';

export function mapHandlers({ insight, mapMaker }: AppContext): HandlersOf<'map'> {
  const { suggestions } = insight;
  return {
    'map.points': ({ method }) => suggestions.ask({ kind: 'map', method }),
    'map.compute': () => mapMaker.compute(),
    'map.state': () => mapMaker.state,
    'map.result': () => mapMaker.result,
    'map.cancel': mapMaker.cancel,
    'map.values': () => suggestions.ask({ kind: 'map-values' }),
  };
}
