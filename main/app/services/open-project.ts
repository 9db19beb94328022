import { existsSync, accessSync, constants, statSync } from 'node:fs';
import { basename, dirname, join, parse } from 'node:path';
import { TwofoldError } from '../../../shared/errors.ts';
import type { ProjectInfo } from '../../../shared/contract/project.ts';
import type { Place } from '../../../shared/places.ts';
import { tellRunFolders } from '../../engine/model-view.ts';
import { isSwapped } from '../../library/labels/class-order.ts';
import { getClasses } from '../../library/labels/classes.ts';
import { isProject, LIBRARY, PROJECT_SUFFIX, projectFolder, type Project } from '../../library/folder.ts';
import {
  closeProject,
  createProject,
  createToFill,
  openProject,
  type NewProject,
} from '../../library/project.ts';
import { LibraryReader } from '../../library/reading/reader.ts';
import { listRuns } from '../../library/runs/runs.ts';
import { getSettings } from '../../library/settings.ts';
import { goToStart } from './start-place.ts';

const WATCH_EVERY_MS = 1000;

/** The one project that is open in the window. */
export class OpenProject {
  #project: Project | null = null;
  #reader: LibraryReader | null = null;
  #notices: string[] = [];
  /** Where it opened. */
  #startPlace: Place = 'library';
  #watch: NodeJS.Timeout | undefined;
  /** The value of `swapped` that was last sent to the window. */
  #shownSwapped = false;
  #telling: Promise<void> = Promise.resolve();
  /** A project created for an import, until that import ends. */
  #toFill: NewProject | null = null;
  readonly #beforeClose: (() => Promise<void>)[] = [];

  constructor(
    private readonly onChange: (info: ProjectInfo | null) => void,
    private readonly onRemoved: (folder: string) => void,
    /** Called after another program, such as the command line, wrote to the library. */
    private readonly onForeignChange: () => void,
  ) {}

  get current(): Project | null {
    return this.#project;
  }

  /** The open project. @throws TwofoldError `not-found` if none is open */
  require(): Project {
    const project = this.#project;
    if (!project) throw noneOpen();
    // Another program may have swapped the classes; tell the window before it reads anything in the new order.
    if (isSwapped(project.db) !== this.#shownSwapped) this.announce();
    return project;
  }

  /**
   * Like `require`, for calls that refer to a class by its index, which changes when the classes are swapped.
   *
   * @throws TwofoldError `changed` if another program has swapped the classes meanwhile
   */
  requireAsShown(): Project {
    const wasShown = this.#shownSwapped;
    const project = this.require();
    if (this.#shownSwapped === wasShown) return project;
    throw new TwofoldError(
      'changed',
      'Another program swapped the classes. Nothing was changed. The classes are now shown in their new order: repeat your last step.',
    );
  }

  /** The reader for queries over all pictures, which run on a thread. @throws TwofoldError the errors of `require` */
  requireReader(): LibraryReader {
    this.require();
    return this.#reader!;
  }

  info(): ProjectInfo | null {
    if (!this.#project) return null;
    const { folder, name, db } = this.#project;
    const settings = getSettings(db);
    return {
      folder,
      name,
      classes: getClasses(db),
      swapped: isSwapped(db),
      settings,
      startPlace: settings.place ?? this.#startPlace,
      notices: this.#notices,
    };
  }

  /** Registers a function that ends running work, such as imports or training, before a project is closed. */
  beforeClose(work: () => Promise<void>): void {
    this.#beforeClose.push(work);
  }

  async create(folder: string): Promise<ProjectInfo> {
    return this.#adopt(() => createProject(folder));
  }

  async open(folder: string): Promise<ProjectInfo> {
    if (this.#project?.folder === projectFolder(folder)) return this.info()!;
    return this.#adopt(() => openProject(folder));
  }

  /** Opens a project, or creates one for an import that follows (see `endFilling`). */
  async openOrCreate(folder: string): Promise<ProjectInfo> {
    if (isProject(folder)) return this.open(folder);
    let made: NewProject | null = null;
    const info = await this.#adopt(() => (made = createToFill(folder)).project);
    this.#toFill = made;
    return info;
  }

  /**
   * Call it when an import has ended. Closes and removes the project if it was created for that import and is still
   * empty.
   *
   * @returns the removed folder, or null
   */
  async endFilling(): Promise<string | null> {
    const made = this.#toFill;
    this.#toFill = null;
    if (made?.project !== this.#project || made.isFilled()) return null;
    await this.#release();
    made.remove();
    this.onRemoved(made.project.folder);
    this.onChange(null);
    return made.project.folder;
  }

  async close(): Promise<void> {
    if (!this.#project) return;
    await this.#release();
    this.onChange(null);
  }

  /** Sends the project to the window, after its classes or settings changed, then updates the folders of its runs. */
  announce(): ProjectInfo {
    const info = this.info();
    if (!info) throw noneOpen();
    this.#shownSwapped = info.swapped;
    this.onChange(info);
    this.#tellRunFolders(this.#project!);
    return info;
  }

  #tellRunFolders(project: Project): void {
    // A failed update is tried again when the project is next opened.
    this.#telling = this.#telling.then(() => tellRunFolders(project)).catch(() => undefined);
  }

  /** `data_version` changes with commits of other connections. Our other connections only read. */
  #watchForeignChanges({ db }: Project): NodeJS.Timeout {
    const version = (): unknown => db.pragma('data_version', { simple: true });
    let known = version();
    return setInterval(() => {
      try {
        const now = version();
        if (now === known) return;
        known = now;
        this.announce();
        this.onForeignChange();
      } catch {
        // The drive may be disconnected; the next call reports it.
      }
    }, WATCH_EVERY_MS);
  }

  async #adopt(open: () => Project): Promise<ProjectInfo> {
    // Opened first: if it fails, the old project stays open.
    const project = open();
    await this.#release();
    this.#project = project;
    this.#reader = new LibraryReader(project);
    this.#notices = crashedRunNotices(project);
    this.#startPlace = goToStart(project);
    this.#watch = this.#watchForeignChanges(project);
    return this.announce();
  }

  async #release(): Promise<void> {
    await Promise.all(this.#beforeClose.map((work) => work()));
    const project = this.#project;
    const reader = this.#reader;
    clearInterval(this.#watch);
    this.#project = null;
    this.#reader = null;
    this.#notices = [];
    await this.#telling;
    this.#toFill = null;
    await reader?.close();
    if (project) closeProject(project);
  }
}

function noneOpen(): TwofoldError {
  return new TwofoldError('not-found', 'No project is open. Open one, or a folder of pictures, first.');
}

function crashedRunNotices({ db }: Project): string[] {
  const [latest] = listRuns(db);
  if (latest?.status !== 'crashed') return [];
  const name = latest.name || latest.id;
  return [`Training of run “${name}” ended unexpectedly. Everything saved is kept. Resume it in Train.`];
}

/**
 * Checks that a path can be opened as a folder or project. Without this check, a missing folder would become an empty
 * project of that name.
 *
 * @throws TwofoldError `not-found` if it does not exist, `bad-input` for a file other than a project's library
 */
export function requireFolder(path: string): void {
  const found = stat(path);
  if (!found) {
    throw new TwofoldError(
      'not-found',
      `There is nothing at ${path}. It may have been moved or renamed, or its drive is not connected.`,
    );
  }
  if (found.isDirectory() || basename(path) === LIBRARY) return;
  throw new TwofoldError(
    'bad-input',
    `${path} is a file. Choose the folder that holds your pictures, or a ${PROJECT_SUFFIX} folder.`,
  );
}

function stat(path: string): ReturnType<typeof statSync> | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

/**
 * Path of the project for a folder of pictures: `FOLDER.twofold` beside it, or in the documents folder if its parent is
 * not writable.
 */
export function projectOfFolder(pictures: string, documents: string): string {
  return projectIn(dirname(pictures), basename(pictures), documents);
}

/**
 * Path of the project for several class folders, or for a table of labels with or without folders: beside the first
 * of them, named after the table or the folders.
 *
 * @throws TwofoldError `not-found`, or `bad-input` for other files
 */
export function projectOfPaths(paths: readonly string[], documents: string): string {
  const tables = paths.filter((path) => /\.(csv|tsv|tab)$/i.test(path) && stat(path)?.isFile());
  const folders = paths.filter((path) => !tables.includes(path));
  folders.forEach(requireFolder);
  const [table] = tables;
  if (tables.length > 1) {
    throw new TwofoldError(
      'bad-input',
      'More than one table was dropped. Drop one, with the folders of its pictures if they are elsewhere.',
    );
  }
  if (table !== undefined) return projectIn(dirname(table), parse(table).name, documents);
  const [first = ''] = folders;
  return projectIn(
    dirname(first),
    folders
      .map((folder) => basename(folder))
      .slice(0, 2)
      .join(', '),
    documents,
  );
}

/** `NAME.twofold` in a folder, or in the documents folder if the folder is not writable. */
function projectIn(folder: string, name: string, documents: string): string {
  const file = `${name || 'Pictures'}${PROJECT_SUFFIX}`;
  const place = join(folder, file);
  return existsSync(place) || mayWrite(folder) ? place : join(documents, file);
}

function mayWrite(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
