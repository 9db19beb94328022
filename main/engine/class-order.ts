import type { LabelResult, LabelSource } from '../../shared/library/labels.ts';
import type { Project } from '../library/folder.ts';
import { redo, swapClasses, undo } from '../library/labels/labels.ts';
import { tellRunFolders } from './model-view.ts';

/**
 * Swaps class 0 and class 1 (the positive class) in labels, runs, threshold and metrics, as one undo step.
 *
 * @throws TwofoldError `busy` while a run is being trained or pictures are being imported
 */
export async function swap(project: Project, source: LabelSource): Promise<LabelResult> {
  const result = swapClasses(project.db, source);
  await tellRunFolders(project);
  return result;
}

/**
 * `undo` or `redo`; after a swap of the classes also updates the run folders.
 *
 * @throws TwofoldError the errors of `swap`
 */
export async function replay(
  project: Project,
  step: 'undo' | 'redo',
  source: LabelSource,
): Promise<LabelResult | null> {
  const result = (step === 'undo' ? undo : redo)(project.db, source);
  if (result?.swapped) await tellRunFolders(project);
  return result;
}
