import { indexModel, readIndex, startIndexing, type IndexedLibrary } from '../engine/index-library.ts';
import type { Project } from '../library/folder.ts';
import { spawnNodeProcess } from '../jobs/child.ts';
import { withInterrupt } from './interrupt.ts';
import type { Output } from './output.ts';
import { showJob } from './show-job.ts';

/** The project's pictures with their vectors; adds those that the index lacks first, with progress. */
export async function indexedLibrary(
  project: Project,
  output: Output,
): Promise<IndexedLibrary & { added: number }> {
  const model = await indexModel(project);
  const library = await readIndex(project, model);
  const indexing = startIndexing(project, model, library, spawnNodeProcess, showJob(output));
  if (!indexing) return { ...library, added: 0 };
  const { added } = await withInterrupt(indexing.job, 'cancel', output, indexing.result);
  return { ...(await readIndex(project, model)), added };
}
