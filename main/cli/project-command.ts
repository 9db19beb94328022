import { tellRunFolders } from '../engine/model-view.ts';
import type { Project } from '../library/folder.ts';
import { closeProject, openForReading, openProject } from '../library/project.ts';
import type { Output } from './output.ts';

/**
 * Opens a project for one command and closes it whatever happens.
 *
 * @param options with `readOnly` the command only reads, so it works beside other programs and where nothing may be written
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
      output.note(`Run ${id} ended unexpectedly. Go on with it: twofold train ${given} --resume ${id}`);
    }
    await tellRunFolders(project);
    return await work(project);
  } finally {
    closeProject(project);
  }
}
