import type { Project } from '../library/folder.ts';
import { closeProject, openProject } from '../library/project.ts';
import type { Output } from './output.ts';

/** Opens a project for one command and closes it whatever happens. */
export async function withProject<T>(
  given: string,
  output: Output,
  work: (project: Project) => T | Promise<T>,
  options: { readOnly?: boolean } = {},
): Promise<T> {
  const project = openProject(given, options);
  try {
    for (const id of project.crashedRuns) {
      output.note(`Run ${id} ended unexpectedly. Go on with it: twofold train ${given} --resume ${id}`);
    }
    return await work(project);
  } finally {
    closeProject(project);
  }
}
