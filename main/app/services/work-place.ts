import type { Place } from '../../../shared/places.ts';
import { canPredict } from '../../engine/can-predict.ts';
import type { Project } from '../../library/folder.ts';
import { countMatches } from '../../library/reading/grid.ts';
import { listRuns } from '../../library/runs/runs.ts';

/**
 * Where work is to be done in a project: Review if a run is trained and every picture is labelled, else the Library, where
 * pictures wait for labels.
 */
export function workPlace(project: Project): Place {
  const isTrained = listRuns(project.db).some((run) => canPredict(project, run));
  return isTrained && countMatches(project.db, [{ kind: 'unlabelled' }])[0] === 0 ? 'review' : 'library';
}
