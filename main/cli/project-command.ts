import { TwofoldError } from '../../shared/errors.ts';
import type { Project } from '../library/folder.ts';
import { closeProject, openProject } from '../library/project.ts';
import type { Output } from './output.ts';

/**
 * Opens a project for one command and closes it whatever happens.
 *
 * @param options with `readOnly` the command changes nothing, so it works where nothing may be written
 */
export async function withProject<T>(
  given: string,
  output: Output,
  work: (project: Project) => T | Promise<T>,
  options: { readOnly?: boolean } = {},
): Promise<T> {
  const project = open(given, options.readOnly === true);
  try {
    for (const id of project.crashedRuns) {
      output.note(`Run ${id} ended unexpectedly. Go on with it: twofold train ${given} --resume ${id}`);
    }
    return await work(project);
  } finally {
    closeProject(project);
  }
}

function open(given: string, readOnly: boolean): Project {
  try {
    return openProject(given);
  } catch (error) {
    if (readOnly && error instanceof TwofoldError && error.code === 'read-only') {
      return openProject(given, { readOnly });
    }
    throw error;
  }
}
