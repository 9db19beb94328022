import type { AppContext } from '../app/services/context.ts';
import { getCheckedLabels, setCheckedLabels } from '../library/labels/checked-labels.ts';
import type { HandlersOf } from './answer.ts';

export function suspectHandlers({ project, suspectFinder, insight }: AppContext): HandlersOf<'suspects'> {
  return {
    'suspects.quick': () => suspectFinder.quick(),
    'suspects.byHead': ({ run }) => suspectFinder.byHead(run),
    'suspects.checked': () => getCheckedLabels(project.require().db),
    'suspects.setChecked': ({ suspects }) => {
      setCheckedLabels(project.requireAsShown().db, suspects);
      return null;
    },
    'suspects.neighbours': ({ ids }) => insight.suggestions.ask({ kind: 'neighbours', ids }),
  };
}
