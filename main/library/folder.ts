import { statSync } from 'node:fs';
import path from 'node:path';
import type { Db } from './database/sql.ts';

export const PROJECT_SUFFIX = '.twofold';
export const LIBRARY = 'library.db';

/** An open project. Close it with `closeProject`. */
export interface Project {
  id: string;
  /** Folder name without `.twofold`. */
  name: string;
  /** Absolute path of the project's folder. */
  folder: string;
  readOnly: boolean;
  /** Runs whose process had died when the project was opened. */
  crashedRuns: string[];
  db: Db;
}

/**
 * The project folder for a path that was entered: both `birds` and `birds.twofold` give `birds.twofold`. An existing
 * folder with a library keeps its name, and the path of a library.db gives its folder.
 */
export function projectFolder(given: string): string {
  const resolved = path.resolve(given);
  if (path.basename(resolved) === LIBRARY && isFile(resolved)) return path.dirname(resolved);
  if (resolved.endsWith(PROJECT_SUFFIX) || isFile(path.join(resolved, LIBRARY))) return resolved;
  return resolved + PROJECT_SUFFIX;
}

/** Whether `projectFolder(given)` contains a project. */
export function isProject(given: string): boolean {
  return isFile(path.join(projectFolder(given), LIBRARY));
}

/** Folder of thumbnails, pixels, features and the index; it may be deleted at any time. */
export function cacheDir(project: Project): string {
  return path.join(project.folder, 'cache');
}

/** Folder of a run: config, checkpoints, head weights, metrics. It need not exist yet. */
export function runDir(project: Project, runId: string): string {
  return path.join(project.folder, 'runs', runId);
}

/** Whether a file exists; false also for a path below a file. */
export function isFile(place: string): boolean {
  try {
    return statSync(place, { throwIfNoEntry: false })?.isFile() ?? false;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return false;
    throw error;
  }
}
