import type { LabelResult, LabelSource } from '../../shared/library.ts';
import type { Project } from '../library/folder.ts';
import { redo, swapClasses, undo } from '../library/labels/labels.ts';
import { tellRunFolders } from './model-view.ts';

/**
 * Makes the other class class 1, the positive one: of labels, runs, threshold and figures at once. One step of undo.
 *
 * @throws TwofoldError `busy` while a run is trained or pictures are imported
 */
export async function swap(project: Project, source: LabelSource): Promise<LabelResult> {
  const result = swapClasses(project.db, source);
  await tellRunFolders(project);
  return result;
}

/** As `undo` and `redo`, with what a swap of the classes entails. @throws TwofoldError as `swap` */
export async function replay(
  project: Project,
  step: 'undo' | 'redo',
  source: LabelSource,
): Promise<LabelResult | null> {
  const result = (step === 'undo' ? undo : redo)(project.db, source);
  if (result?.swapped) await tellRunFolders(project);
  return result;
}
