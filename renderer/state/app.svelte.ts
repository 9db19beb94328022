import type { ProjectInfo, RecentProject } from '../../shared/contract/project.ts';
import type { AppInfo, DialogPurpose, MenuCommand } from '../../shared/contract/system.ts';
import { TwofoldError } from '../../shared/errors.ts';
import { PLACES, type Place } from '../../shared/places.ts';
import { Checks } from './checks.svelte.ts';
import { applyClassColours } from './class-colours.ts';
import type { Client } from './client.ts';
import { Evaluations } from './evaluations.svelte.ts';
import { Exports } from './exports.svelte.ts';
import { HeatMaps } from './heat-maps.svelte.ts';
import { Imports } from './imports.svelte.ts';
import { Folds } from './folds.svelte.ts';
import { LabelCheck } from './label-check.svelte.ts';
import { LibraryMap } from './library-map.svelte.ts';
import { Library } from './library.svelte.ts';
import { Listeners } from './listeners.ts';
import { menuCommands } from './menu-commands.ts';
import { nextSteps } from './next-steps.ts';
import { Notices } from './notices.svelte.ts';
import { ProjectState } from './project.svelte.ts';
import { CrossValidation } from './cross-validation.svelte.ts';
import { RecipeSearches } from './recipe-search.svelte.ts';
import { Review } from './review.svelte.ts';
import { Runs } from './runs.svelte.ts';
import { Storage } from './storage.svelte.ts';
import { SuggestionActions } from './suggestion-actions.svelte.ts';
import { Suggestions } from './suggestions.svelte.ts';
import { Train } from './train.svelte.ts';
import { Tries } from './tries.svelte.ts';
import { TryMember } from './try-member.svelte.ts';
import { Reports } from './reports.svelte.ts';
import { WeightsImports } from './weights-import.svelte.ts';

/** A project that was opened, and what is to be imported into it. */
interface Opened {
  project: ProjectInfo;
  importFolder?: string | null;
  importPaths?: string[];
}

/** The window as a whole: which project is open, which place is shown, what the menu asks for. */
export class AppState {
  readonly client: Client;
  readonly notices = new Notices((code, cause) => nextSteps(this, code, cause));
  readonly imports: Imports;
  readonly library: Library;
  readonly libraryMap: LibraryMap;
  readonly checks: Checks;
  readonly runs: Runs;
  readonly train: Train;
  readonly tries: Tries;
  readonly tryMember: TryMember;
  readonly heatMaps: HeatMaps;
  readonly evaluations: Evaluations;
  readonly searches: RecipeSearches;
  readonly crossValidation: CrossValidation;
  readonly weightsImports: WeightsImports;
  readonly reports: Reports;
  readonly review: Review;
  readonly exports: Exports;
  readonly storage: Storage;
  readonly folds: Folds;
  readonly labelCheck: LabelCheck;
  readonly suggestions: Suggestions;
  readonly suggestionActions: SuggestionActions;
  /** What is known of the open project; `project` while one is open. */
  readonly opened: ProjectState;
  recent = $state.raw<RecentProject[]>([]);
  info = $state.raw<AppInfo | null>(null);
  #place = $state<Place>('library');
  aboutShown = $state(false);
  /** False until it is known whether a project is open, so that the first start does not flash by. */
  ready = $state(false);
  /** A project is being opened or made. */
  busy = $state(false);
  readonly #menu = new Listeners<MenuCommand>();

  constructor(bridge: Client) {
    const client = (this.client = this.notices.follow(bridge));
    this.imports = new Imports(client, this.notices);
    this.runs = new Runs(client, this.notices);
    this.opened = new ProjectState(client, this.notices, this.runs);
    this.library = new Library(client, this.notices, this.opened);
    this.libraryMap = new LibraryMap(client, this.notices);
    this.checks = new Checks(client, this.notices);
    this.train = new Train(
      client,
      this.notices,
      this.opened,
      this.runs,
      () => this.place,
      (run, place) => this.useRun(run, place),
    );
    this.tries = new Tries(client, this.notices, this.opened, this.runs);
    this.tryMember = new TryMember(client, this.notices, this.library);
    this.heatMaps = new HeatMaps(client, this.notices);
    this.evaluations = new Evaluations(client, this.notices);
    this.searches = new RecipeSearches(client, this.notices);
    this.crossValidation = new CrossValidation(client, this.notices);
    this.weightsImports = new WeightsImports(client, this.notices, this.train.form);
    this.reports = new Reports(client, this.notices);
    this.review = new Review(client, this.notices, this.opened, this.runs, this.library);
    this.exports = new Exports(client, this.notices, this.opened);
    this.storage = new Storage(client, this.notices);
    this.folds = new Folds(client, this.notices);
    this.labelCheck = new LabelCheck(client, this.notices, this.library, this.folds);
    this.suggestions = new Suggestions(client, this.notices);
    this.suggestionActions = new SuggestionActions(client, this.notices, this.library, this.suggestions);
    client.on('project.changed', (project) => this.#show(project));
    client.on('import.nothing', ({ message }) =>
      this.notices.fail(new TwofoldError('not-found', message), 'import.start'),
    );
    client.on('system.defect', () =>
      this.notices.say(
        'An unexpected error occurred and was logged. Labels and runs that were saved are kept. Restart Twofold if something no longer works.',
        [{ label: 'Show log', act: () => this.showLog() }],
      ),
    );
    client.on('system.openPath', ({ path }) => void this.openFolder(path));
    client.on('system.menu', (command) => this.#obey(command));
  }

  /** The open project; null while none is open. */
  get project(): ProjectState | null {
    return this.opened.isOpen ? this.opened : null;
  }

  /** The view that is shown. */
  get place(): Place {
    return this.#place;
  }

  /** The project is opened there next time. */
  set place(place: Place) {
    const isOther = place !== this.#place;
    this.#place = place;
    this.labelCheck.close();
    this.review.enlarged = false;
    this.tries.enlarged = false;
    this.opened.chooseNewRun();
    // A project on a medium that can't be written to opens elsewhere next time, which is no error.
    if (isOther) void this.client.call('project.setSettings', { settings: { place } }).catch(() => undefined);
  }

  /** Lists pictures that a chart stands for in the Library. @param title names them there */
  showPictures(ids: readonly number[], title: string): void {
    this.library.list.filter({ kind: 'selected', ids: Uint32Array.from(ids), title });
    this.place = 'library';
  }

  /** Finds out what is open already, or was asked to be opened. */
  async start(): Promise<void> {
    await this.notices.attempt(async () => {
      this.info = await this.client.call('system.info');
      this.#show(await this.client.call('project.current'));
      this.recent = await this.client.call('project.recent');
    });
    this.ready = true;
    const path = await this.client.call('system.takeOpened');
    if (path !== null) await this.openFolder(path);
  }

  /** Does something whenever the menu asks for it, while the caller is shown. @returns a function that ends it */
  onMenu(command: MenuCommand, listener: () => void): () => void {
    return this.#menu.on(command, listener);
  }

  /** Asks with the system's dialog. @returns paths; empty when the person changes their mind */
  choose(purpose: DialogPurpose, name?: string): Promise<string[]> {
    return this.client.call('system.choose', name === undefined ? { purpose } : { purpose, name });
  }

  /** Opens a project, or a folder of pictures as a project of its own, which is then imported. */
  async openFolder(folder: string): Promise<void> {
    await this.#opening(() => this.client.call('project.openFolder', { folder }));
  }

  async openSample(): Promise<void> {
    await this.#opening(() => this.client.call('project.sample'));
  }

  showLog(): void {
    void this.notices.attempt(() => this.client.call('system.showLog'));
  }

  locateFolder(): void {
    void this.notices.attempt(() => this.checks.locateFolder());
  }

  /** Goes to a view and uses this run there; pictures in Try are classified with it as well. */
  useRun(run: string, place: Place): void {
    this.place = place;
    this.opened.chooseRun(run);
    if (place === 'try') void this.tries.again();
  }

  async createProject(folder: string): Promise<void> {
    await this.#opening(async () => ({ project: await this.client.call('project.create', { folder }) }));
  }

  async openProject(folder: string): Promise<void> {
    await this.#opening(async () => ({ project: await this.client.call('project.open', { folder }) }));
  }

  async closeProject(): Promise<void> {
    await this.notices.attempt(() => this.client.call('project.close'));
  }

  async forget(folder: string): Promise<void> {
    const recent = await this.notices.attempt(() => this.client.call('project.forget', { folder }));
    if (recent) this.recent = recent;
  }

  /** Takes what was dropped on the window: to be tried, into the open project, or as a project where none is open. */
  async drop(paths: string[]): Promise<void> {
    const [first] = paths;
    if (first === undefined) return;
    if (paths.length === 1 && /\.twofold$/i.test(first)) await this.openFolder(first);
    else if (this.project && this.place === 'try') await this.tries.start(paths);
    else if (this.project) await this.imports.start(paths);
    else if (paths.length === 1 && !/\.(csv|tsv|tab)$/i.test(first)) await this.openFolder(first);
    else await this.#opening(() => this.client.call('project.openPaths', { paths }));
  }

  async #opening(open: () => Promise<Opened>): Promise<void> {
    this.busy = true;
    const opened = await this.notices.attempt(open);
    this.busy = false;
    if (!opened) return;
    this.#show(opened.project);
    const { importFolder = null, importPaths = importFolder === null ? [] : [importFolder] } = opened;
    if (importPaths.length > 0) this.place = 'library';
    await this.imports.start(importPaths);
  }

  #show(info: ProjectInfo | null): void {
    const { isOther, isSwapped, hasOtherThreshold } = this.opened.show(info);
    document.title = info ? `${info.name} – Twofold` : 'Twofold';
    if (info) applyClassColours(document.documentElement, info.classes);
    if (isOther) this.#open(info);
    if (isSwapped) this.#swapIndices();
    if (hasOtherThreshold) this.library.list.rereadWrong();
  }

  #open(info: ProjectInfo | null): void {
    const isProject = info !== null;
    this.notices.clear();
    this.#place = info?.startPlace ?? 'library';
    this.imports.open(isProject);
    this.library.open(info);
    this.checks.open(isProject);
    this.runs.open(isProject);
    this.train.open(info);
    this.tries.open(isProject);
    this.tryMember.open();
    this.heatMaps.open();
    this.evaluations.open(isProject);
    this.searches.open(isProject);
    this.crossValidation.open(isProject);
    this.weightsImports.open(isProject);
    this.reports.open(isProject);
    this.review.open();
    this.exports.open(isProject);
    this.storage.open();
    this.folds.open(isProject);
    this.labelCheck.open();
    this.suggestions.open(info);
    this.libraryMap.open(isProject);
    this.suggestionActions.open();
    if (isProject) void this.opened.readCounts();
    info?.notices.forEach((notice) => this.notices.say(notice));
    void this.client.call('project.recent').then((recent) => (this.recent = recent));
  }

  /** What was read before the classes changed places is about the other one. */
  #swapIndices(): void {
    this.library.swapIndices();
    this.tries.swapIndices();
    this.review.swapIndices();
    this.labelCheck.swapIndices();
    void this.runs.refresh();
    this.train.form.swapClasses();
  }

  #obey(command: MenuCommand): void {
    const place = PLACES.find((known) => command === `show-${known}`);
    if (place) {
      if (this.project) this.place = place;
      return;
    }
    const own = menuCommands(this)[command];
    if (own) void this.notices.attempt(own);
    this.#menu.tell(command);
  }

  /** Does what the menu item of that name does. */
  command(command: MenuCommand): void {
    this.#obey(command);
  }
}
