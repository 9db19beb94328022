import type { AppContext } from '../app/services/context.ts';
import { repairLeaks } from '../engine/duplicates.ts';
import type { HandlersOf } from './answer.ts';

export function insightHandlers({ insight, splits }: AppContext): HandlersOf<'insight'> {
  return {
    'insight.state': () => insight.state,
    'insight.set': (change) => insight.set(change),
    'insight.suggestBy': ({ run }) => insight.suggestBy(run),
    'insight.predict': ({ run }) => {
      insight.predict(run);
      return null;
    },
    'insight.properties': () => splits.notableProperties(),
    'insight.coverage': ({ run }) => insight.predictions.coverage(run),
  };
}

export function duplicateHandlers({ insight, project, emit }: AppContext): HandlersOf<'duplicates'> {
  return {
    'duplicates.repair': async () => {
      const { db } = project.require();
      const leaks = await insight.suggestions.ask({ kind: 'leaks' });
      const { moved = [], batch } = repairLeaks(db, leaks, 'mouse');
      emit('pictures.changed', null);
      return { moved: moved.length, batch };
    },
  };
}

export function suggestionHandlers({ insight, project }: AppContext): HandlersOf<'suggestions'> {
  const { suggestions } = insight;
  return {
    'suggestions.of': ({ ids }) => suggestions.ask({ kind: 'of', ids }),
    'suggestions.list': () => suggestions.ask({ kind: 'list' }),
    'suggestions.estimates': () => suggestions.estimates(),
    'suggestions.next': async ({ count, except }) => {
      const query = { filter: { kind: 'unlabelled' } } as const;
      const ids = await project.requireReader().read({ kind: 'ids', query });
      const known = new Set(except);
      return suggestions.ask({ kind: 'next', ids: ids.filter((id) => !known.has(id)), count });
    },
  };
}
