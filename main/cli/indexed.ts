import { indexModel, indexPictures, readIndex, type IndexedLibrary } from '../engine/index-library.ts';
import type { Project } from '../library/folder.ts';
import { spawnNodeProcess } from '../jobs/child.ts';
import { cancellable } from './interrupt.ts';
import type { Output } from './output.ts';
import { showJob } from './show-job.ts';

/** The project's pictures with their vectors; first indexes those that are missing, with progress. */
export async function indexedLibrary(
  project: Project,
  output: Output,
): Promise<IndexedLibrary & { added: number }> {
  const model = await indexModel(project);
  const library = await readIndex(project, model);
  const indexed = await cancellable(output, (signals) =>
    indexPictures(project, model, library, { spawn: spawnNodeProcess, onEvent: showJob(output), ...signals }),
  );
  return indexed ? { ...(await readIndex(project, model)), added: indexed.added } : { ...library, added: 0 };
}
