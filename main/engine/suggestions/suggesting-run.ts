import { RunFolder } from '../../training/run-folder.ts';
import { runDir, type Project } from '../../library/folder.ts';
import { listRuns } from '../../library/runs/runs.ts';
import { getSettings } from '../../library/settings.ts';
import type { RunRecord } from '../../../shared/library/runs.ts';

/** Whether a run has a model and is not being trained. */
export function canPredict(project: Project, { id, status, bestEpoch }: RunRecord): boolean {
  return status !== 'running' && bestEpoch !== null && new RunFolder(runDir(project, id)).hasHead;
}

/** The run that a person chose to suggest classes; null where none was, or where it is gone or being trained. */
export function suggestingRun(project: Project): string | null {
  const { suggestsBy } = getSettings(project.db);
  const run = suggestsBy === null ? undefined : listRuns(project.db).find(({ id }) => id === suggestsBy);
  return run && canPredict(project, run) ? run.id : null;
}
