import { tellRunFolders } from '../engine/model-view.ts';
import { formatBytes } from '../../shared/format.ts';
import { CacheWatch } from '../library/cache/limit.ts';
import type { Project } from '../library/folder.ts';
import { closeProject, openForReading, openProject } from '../library/project.ts';
import type { Output } from './output.ts';

/**
 * Opens a project for one command and closes it in any case.
 *
 * @param options with `readOnly` the command also works while another program uses the project, and on read-only media
 */
export async function withProject<T>(
  given: string,
  output: Output,
  work: (project: Project) => T | Promise<T>,
  options: { readOnly?: boolean } = {},
): Promise<T> {
  const project = options.readOnly === true ? openForReading(given) : openProject(given);
  try {
    for (const id of project.crashedRuns) {
      output.note(`Run ${id} ended unexpectedly. Resume it with: twofold train ${given} --resume ${id}`);
    }
    await tellRunFolders(project);
    const watch = new CacheWatch(project);
    try {
      return await work(project);
    } finally {
      await keepCacheLimit(watch, output);
    }
  } finally {
    closeProject(project);
  }
}

/** After the command, whether it succeeded or not. What can't be removed does not make it fail. */
export async function keepCacheLimit(watch: CacheWatch, output: Output): Promise<void> {
  const trimmed = await watch.keepLimit().catch(() => null);
  if (!trimmed || trimmed.removed.files === 0) return;
  output.note(`Removed ${formatBytes(trimmed.removed.bytes)} from the cache to keep it within its limit.`);
}
