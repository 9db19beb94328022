import type { Project } from '../../library/folder.ts';
import { listRuns } from '../../library/runs/runs.ts';
import { getSettings } from '../../library/settings.ts';
import { canPredict } from '../can-predict.ts';

/** The run chosen to suggest classes; null if there is none, or if it was deleted or is being trained. */
export function suggestingRun(project: Project): string | null {
  const { suggestsBy } = getSettings(project.db);
  const run = suggestsBy === null ? undefined : listRuns(project.db).find(({ id }) => id === suggestsBy);
  return run && canPredict(project, run) ? run.id : null;
}
