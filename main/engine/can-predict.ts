import type { RunRecord } from '../../shared/library/runs.ts';
import { runDir, type Project } from '../library/folder.ts';
import { RunFolder } from '../training/run-folder.ts';

/** Whether a run has a model and is not being trained: until training ends, its model is not final. */
export function canPredict(project: Project, { id, status, bestEpoch }: RunRecord): boolean {
  return status !== 'running' && bestEpoch !== null && new RunFolder(runDir(project, id)).hasHead;
}
