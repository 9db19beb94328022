import { randomUUID } from 'node:crypto';
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  rmdirSync,
  rmSync,
  statSync,
} from 'node:fs';
import path from 'node:path';
import { TwofoldError, toFailure, type ErrorCode } from '../../shared/errors.ts';
import { initClasses } from './labels/classes.ts';
import { closeDatabase, openDatabase } from './database/database.ts';
import { rebaseDirectories } from './pictures/directories.ts';
import { isFile, LIBRARY, PROJECT_SUFFIX, projectFolder, type Project } from './folder.ts';
import { markInterruptedImports } from './import/imports.ts';
import { markCrashedRuns } from './runs/runs.ts';
import { exists, row, run, transaction } from './database/sql.ts';

export { cacheDir, isProject, PROJECT_SUFFIX, projectFolder, runDir, type Project } from './folder.ts';

/**
 * Creates a project folder, with missing parent folders, and opens it.
 *
 * @param given path of the folder; `.twofold` is added if missing
 * @param options.classes names of the two classes; default `Class A` and `Class B`, which a first import may replace
 * @throws TwofoldError `exists` if there is a project or a folder that is not empty; `read-only`, `disk-full`
 */
export function createProject(given: string, options: { classes?: readonly [string, string] } = {}): Project {
  const folder = projectFolder(given);
  if (existsSync(folder) && !statSync(folder).isDirectory()) {
    throw new TwofoldError('exists', `${folder} is a file. Choose another name for the project.`);
  }
  const library = path.join(folder, LIBRARY);
  if (isFile(library) && statSync(library).size > 0) {
    throw new TwofoldError(
      'exists',
      `There already is a project at ${folder}. Open it, or choose another name.`,
    );
  }
  if (existsSync(folder) && readdirSync(folder).some((name) => !name.startsWith(LIBRARY))) {
    throw new TwofoldError(
      'exists',
      `${folder} exists and is not a Twofold project. Choose another name; nothing in it was changed.`,
    );
  }
  const isNew = !existsSync(folder);
  try {
    // On a read-only disk a recursive mkdir fails with ENOENT, so permission is checked first.
    accessSync(nearestFolder(folder), constants.W_OK);
    mkdirSync(folder, { recursive: true });
    const db = openDatabase(library, { create: true });
    try {
      transaction(db, () => {
        run(
          db,
          'INSERT INTO project (one, id, created_at_ms, folder) VALUES (1, :id, :now, :folder) ON CONFLICT DO NOTHING',
          { id: randomUUID(), now: Date.now(), folder },
        );
        initClasses(db, options.classes);
      });
    } finally {
      closeDatabase(db);
    }
  } catch (error) {
    if (isNew) rmSync(folder, { recursive: true, force: true });
    throw writeError(error, folder);
  }
  return openProject(folder);
}

/**
 * Opens a project. Migrates its library if it is of an older version, and locates its pictures if the project was
 * moved. Runs and imports whose process has died are marked as crashed; `crashedRuns` lists those found now.
 *
 * @param options.readOnly write nothing; default false
 * @throws TwofoldError `not-found`, `corrupt`, `newer-version`, `read-only`, `busy`, `disk-full`
 */
export function openProject(given: string, options: { readOnly?: boolean } = {}): Project {
  const { readOnly = false } = options;
  const folder = projectFolder(given);
  const library = path.join(folder, LIBRARY);
  if (!isFile(library)) {
    const what = existsSync(folder) ? `${folder} has no library.db` : `There is no folder ${folder}`;
    throw new TwofoldError(
      'not-found',
      `${what}, so it is not a Twofold project. Check the path, or create a project there.`,
    );
  }
  if (!readOnly) {
    try {
      for (const place of [folder, library]) accessSync(place, constants.W_OK);
    } catch (error) {
      throw writeError(error, folder);
    }
  }
  const db = openDatabase(library, { readOnly });
  try {
    const found = row<{ id: string; folder: string }>(db, 'SELECT id, folder FROM project');
    if (!found) {
      throw new TwofoldError(
        'corrupt',
        `${library} has no project in it, because creating it was interrupted. Delete ${folder} and create the project again.`,
      );
    }
    let crashedRuns: string[] = [];
    if (!readOnly) {
      mkdirSync(path.join(folder, 'cache'), { recursive: true });
      mkdirSync(path.join(folder, 'runs'), { recursive: true });
      if (found.folder !== folder) rebaseDirectories(db, folder);
      markInterruptedImports(db);
      crashedRuns = markCrashedRuns(db);
    }
    return { id: found.id, name: path.basename(folder, PROJECT_SUFFIX), folder, readOnly, crashedRuns, db };
  } catch (error) {
    db.close();
    throw error instanceof TwofoldError ? error : writeError(error, folder);
  }
}

/**
 * Opens a project for reading: also while another program writes to it, on a full disk, and on read-only media. Crashed
 * runs are marked and an older library is migrated only if writing is possible.
 *
 * @throws TwofoldError the errors of `openProject`
 */
export function openForReading(given: string): Project {
  try {
    return openProject(given);
  } catch (error) {
    if (error instanceof TwofoldError && READABLE.has(error.code)) {
      return openProject(given, { readOnly: true });
    }
    throw error;
  }
}

/** Reasons why a library can't be written that may still allow reading it. */
const READABLE: ReadonlySet<ErrorCode> = new Set([
  'read-only',
  'busy',
  'disk-full',
  'unsupported',
  'runtime',
]);

/** Writes everything into library.db and closes it. Closing twice does nothing. */
export function closeProject(project: Project): void {
  closeDatabase(project.db);
}

/** A project created for an import, to be removed if the import adds no picture. */
export interface NewProject {
  project: Project;
  /** Whether it has a picture. */
  isFilled: () => boolean;
  /** Closes it if it is open and deletes what was created for it. Folders that contain anything else stay. */
  remove: () => void;
}

/** Creates a project that can be removed again. @throws TwofoldError the errors of `createProject` */
export function createToFill(given: string): NewProject {
  const above = nearestFolder(projectFolder(given));
  const project = createProject(given);
  const isFilled = (): boolean => exists(project.db, 'SELECT 1 FROM pictures');
  const remove = (): void => {
    closeProject(project);
    for (const name of readdirSync(project.folder)) {
      if (!name.startsWith(LIBRARY) && name !== 'cache' && name !== 'runs') continue;
      rmSync(path.join(project.folder, name), { recursive: true, force: true });
    }
    removeEmpty(project.folder, above);
  };
  return { project, isFilled, remove };
}

/** Deletes a folder and its parents up to `above`, as long as they are empty. */
function removeEmpty(folder: string, above: string): void {
  try {
    for (let place = folder; place !== above; place = path.dirname(place)) rmdirSync(place);
  } catch {
    // Not empty: another program put something there.
  }
}

function nearestFolder(place: string): string {
  return existsSync(place) ? place : nearestFolder(path.dirname(place));
}

function writeError(error: unknown, folder: string): unknown {
  if (error instanceof TwofoldError) return error;
  const failure = toFailure(error);
  if (failure.code === 'read-only') {
    return new TwofoldError(
      'read-only',
      `The project ${folder} is read-only. Check the folder's permissions, or copy it to a folder where you may write.`,
      { cause: error },
    );
  }
  return new TwofoldError(failure.code, failure.message, { cause: error });
}
