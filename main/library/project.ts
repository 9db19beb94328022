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
import { row, run, transaction, value } from './database/sql.ts';

export { cacheDir, isProject, PROJECT_SUFFIX, projectFolder, runDir, type Project } from './folder.ts';

/**
 * Creates a project folder and opens it. Parent folders are made as needed.
 *
 * @param given path of the folder; `.twofold` is added where it is missing
 * @param options.classes names of the two classes; default `Class A` and `Class B`, which a first import may replace
 * @throws TwofoldError `exists` when there is a project or another folder with something in it; `read-only`, `disk-full`
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
      `There is a project at ${folder} already. Open it, or choose another name.`,
    );
  }
  if (existsSync(folder) && readdirSync(folder).some((name) => !name.startsWith(LIBRARY))) {
    throw new TwofoldError(
      'exists',
      `${folder} exists and is not a Twofold project. Choose another name, so that nothing in it is touched.`,
    );
  }
  const made = !existsSync(folder);
  try {
    // A recursive mkdir says ENOENT on a disk that can only be read, so that is asked first.
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
    if (made) rmSync(folder, { recursive: true, force: true });
    throw writeError(error, folder);
  }
  return openProject(folder);
}

/**
 * Opens a project, updating its library if an older Twofold wrote it, and finding its pictures again when it was moved.
 * Runs and imports whose program died are marked as crashed; `crashedRuns` tells which this opening found.
 *
 * @param options.readOnly write nothing at all; default false
 * @throws TwofoldError `not-found`, `corrupt`, `newer-version`, `read-only`, `busy`, `disk-full`
 */
export function openProject(given: string, options: { readOnly?: boolean } = {}): Project {
  const { readOnly = false } = options;
  const folder = projectFolder(given);
  const library = path.join(folder, LIBRARY);
  if (!isFile(library)) {
    const what = existsSync(folder) ? `${folder} holds no library.db` : `There is no folder ${folder}`;
    throw new TwofoldError(
      'not-found',
      `${what}, so it is not a Twofold project. Check the path, or create one.`,
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
    const found = row(db, 'SELECT id, folder FROM project') as { id: string; folder: string } | undefined;
    if (!found) {
      throw new TwofoldError(
        'corrupt',
        `${library} holds no project: its creation was interrupted. Delete ${folder} and create the project again.`,
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
 * Opens a project for work that only reads it: also beside a program that is writing to it, on a full disk and where
 * nothing may be written. What opening usually puts in order (crashed runs, an older library) is put in order where
 * that is possible and left alone where it is not.
 *
 * @throws TwofoldError as `openProject`
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

/** Why a library can't be written while it may well be read. */
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

/** A project that was created to be filled by an import, and goes again when that brings nothing. */
export interface NewProject {
  project: Project;
  /** Whether a picture is in it. */
  isFilled: () => boolean;
  /** Closes it, where it still is open, and removes what was made for it. Folders that hold anything else stay. */
  remove: () => void;
}

/** As `createProject`. */
export function createToFill(given: string): NewProject {
  const above = nearestFolder(projectFolder(given));
  const project = createProject(given);
  const isFilled = (): boolean => value(project.db, 'SELECT EXISTS (SELECT 1 FROM pictures)') === 1;
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

/** Removes a folder and those above it, up to one that was there before, as long as nothing is in them. */
function removeEmpty(folder: string, above: string): void {
  try {
    for (let place = folder; place !== above; place = path.dirname(place)) rmdirSync(place);
  } catch {
    // Somebody else has put something there.
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
      `The project ${folder} can't be written. Check the folder's permissions, or copy it to a place where you may write.`,
      { cause: error },
    );
  }
  return new TwofoldError(failure.code, failure.message, { cause: error });
}
