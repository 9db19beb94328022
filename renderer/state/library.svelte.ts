import type { ProjectInfo } from '../../shared/contract/project.ts';
import { toFailure } from '../../shared/errors.ts';
import type { LabelChange, ClassIndex, LabelSource, LabelValue } from '../../shared/library/labels.ts';
import {
  pictureQuerySchema,
  type PictureFilter,
  type PictureQuery,
  type PictureSort,
} from '../../shared/library/query.ts';
import { plural } from '../../shared/format.ts';
import { ListChanges, UP_TO_DATE } from '../lib/outdated.ts';
import { swapClass, swapLabel } from '../../shared/swap.ts';
import type { ZoomHandle } from '../lib/zoom.ts';
import type { Client } from './client.ts';
import { LibraryFolders } from './library-folders.svelte.ts';
import { LibraryLabels, type Removal, type Stroke } from './library-labels.svelte.ts';
import { LibraryRows } from './library-rows.svelte.ts';
import { LibrarySelection } from './library-selection.svelte.ts';
import { LibraryView } from './library-view.svelte.ts';
import { RunFilterCounts } from './run-counts.svelte.ts';
import type { Notices } from './notices.svelte.ts';
import type { ProjectState } from './project.svelte.ts';

/** What the mouse does in the grid: select pictures, or paint a label (null: take labels away). */
export type Tool = 'select' | { label: LabelValue };

/** What the grid tells of itself while it is shown. */
export interface GridHandle {
  columns(): number;
  /** Pictures of a screen. */
  page(): number;
  visible(): Uint32Array;
  reveal(index: number): void;
  focus(): void;
}

/** What was done to pictures, for those who don't see it. */
export type Announcement = { count: number } & (
  { did: 'label'; label: LabelValue } | { did: 'accept' | 'replay' | 'remove' | 'restore' }
);

const ALL: PictureQuery = pictureQuerySchema.parse({});
/** Typing and sliding settle before they are written. */
const SETTLE_MS = 400;

/** The Library: which pictures are shown in which order, what is selected, how they are labelled. */
export class Library {
  readonly selection = new LibrarySelection();
  readonly labels: LibraryLabels;
  readonly rows: LibraryRows;
  outdated = $state.raw(UP_TO_DATE);
  readonly #changes = new ListChanges();
  readonly view = new LibraryView(() => this.#remember());
  readonly folders: LibraryFolders;
  readonly runCounts: RunFilterCounts;
  query = $state.raw<PictureQuery>(ALL);
  /** Ids of the pictures that the query found. A picture stays where it is when its label no longer fits the filter. */
  ids = $state.raw<Uint32Array>(new Uint32Array());
  loaded = $state(false);
  tool = $state.raw<Tool>('select');
  /** Index of the picture that keys act on. */
  cursor = $state(0);
  /** One picture fills the place of the grid. */
  focused = $state(false);
  keysShown = $state(false);
  /** The last thing that was done, as a new object each time. */
  announcement = $state.raw<Announcement | null>(null);
  /** Where the grid was scrolled to, kept while another place is shown. */
  scrollTop = 0;
  grid: GridHandle | null = null;
  /** Of the large picture while it is shown. */
  zoom: ZoomHandle | null = null;
  /** Where the menu of the selected pictures is open, in the window. */
  menuAt = $state.raw<{ x: number; y: number } | null>(null);
  /** What pictures that are dragged now would be labelled as; undefined while they are over no class. */
  dropLabel = $state.raw<LabelValue | undefined>(undefined);
  readonly cursorId = $derived(this.ids[this.cursor]);
  readonly brush = $derived(this.tool === 'select' ? undefined : this.tool.label);
  #lastBrush: LabelValue = 0;
  #returning = false;
  /** The picture that a key has just labelled while it was the only one selected: the next key corrects that. */
  #correctable: number | undefined;
  #loading: Promise<void> | null = null;
  #again = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly client: Client,
    private readonly notices: Notices,
    project: ProjectState,
  ) {
    this.folders = new LibraryFolders(client);
    this.runCounts = new RunFilterCounts(client);
    this.labels = new LibraryLabels(client, notices, project, {
      peek: (id) => this.rows.peek(id),
      reread: () => void this.reread(),
      onReplayed: (changes) => this.#showReplayed(changes),
      onRemoved: (removal) => this.#afterRemoval(removal),
    });
    this.rows = new LibraryRows(
      client,
      (id) => this.labels.pendingLabel(id),
      (error) => notices.failReading(error),
    );
    client.on('pictures.changed', () => {
      void this.reread();
      void this.#readFolders();
    });
  }

  /** Shows another project, or none. */
  open(project: ProjectInfo | null): void {
    this.rows.clear();
    this.labels.clear();
    this.selection.clear();
    this.ids = new Uint32Array();
    this.loaded = false;
    this.tool = 'select';
    this.cursor = 0;
    this.scrollTop = 0;
    this.focused = false;
    this.menuAt = null;
    this.folders.clear();
    clearTimeout(this.#timer);
    if (!project) return;
    this.announcement = null;
    const { query, brush } = project.settings;
    this.query = query;
    this.#lastBrush = brush;
    this.view.open(project.settings);
    void this.reread();
    void this.#readFolders();
  }

  /** A folder that is gone, as after its pictures were located elsewhere, is no filter any more. */
  async #readFolders(): Promise<void> {
    await this.notices.read(() => this.folders.refresh());
    const { folder } = this.query;
    if (folder !== null && !this.folders.all.some(({ path }) => path === folder)) this.showFolder(null);
  }

  /** After the classes changed places: brush and filter stay with their class. */
  swapIndices(): void {
    this.rows.swapIndices();
    this.labels.swapIndices();
    this.#lastBrush = swapLabel(this.#lastBrush);
    if (this.tool !== 'select') this.tool = { label: swapLabel(this.tool.label) };
    const { filter } = this.query;
    if (filter.kind === 'class' || filter.kind === 'suggested') {
      this.query = { ...this.query, filter: { ...filter, class: swapClass(filter.class) } };
    }
    void this.reread();
  }

  /** The list of what a run gets wrong depends on the threshold. */
  rereadWrong(): void {
    if (this.query.filter.kind === 'wrong') void this.reread();
  }

  /** Reads list and rows again; once more at the end where it is asked for meanwhile. */
  async reread(): Promise<void> {
    this.rows.expire();
    this.#again = true;
    this.#loading ??= this.#load().finally(() => (this.#loading = null));
    return this.#loading;
  }

  async #load(): Promise<void> {
    while (this.#again) {
      this.#again = false;
      const { query } = this;
      try {
        // One after the other: the first is what one waits for, and until its reading thread is up main reads by itself.
        const ids = await this.client.call('pictures.ids', query);
        if (query === this.query) this.#show(ids);
        await this.labels.refresh();
      } catch (error) {
        if (query !== this.query) continue;
        this.notices.failReading(error);
        // A run that was deleted: without its filter the rest is shown.
        if (toFailure(error).code !== 'not-found' || query === ALL) return;
        this.query = ALL;
        this.#again = true;
      }
    }
  }

  #show(ids: Uint32Array): void {
    const { cursorId } = this;
    this.ids = ids;
    this.loaded = true;
    this.outdated = this.#changes.reset();
    const at = cursorId === undefined ? -1 : ids.indexOf(cursorId);
    this.cursor = at >= 0 ? at : Math.max(0, Math.min(this.cursor, ids.length - 1));
    this.selection.keep(ids);
  }

  filter(filter: PictureFilter): void {
    void this.ask({ ...this.query, filter });
  }

  /** Neither filter, folder nor search. */
  showAll(): void {
    void this.ask({ ...this.query, filter: { kind: 'all' }, folder: null, search: '' });
  }

  /** Only what is in this folder and below it (absolute path); null: all folders. */
  showFolder(folder: string | null): void {
    void this.ask({ ...this.query, folder });
  }

  sort(sort: PictureSort): void {
    void this.ask({ ...this.query, sort });
  }

  search(search: string): void {
    void this.ask({ ...this.query, search });
  }

  /** Shows what a query finds. */
  async ask(query: PictureQuery): Promise<void> {
    this.query = query;
    this.cursor = 0;
    this.scrollTop = 0;
    this.selection.clear();
    this.grid?.reveal(0);
    this.#remember();
    await this.reread();
  }

  /** Other pictures from a place of the list on; those before it stay. */
  replaceTail(from: number, first: Uint32Array): void {
    const kept = this.ids.subarray(0, from);
    // eslint-disable-next-line svelte/prefer-svelte-reactivity -- looked up here only
    const known = new Set([...kept, ...first]);
    this.ids = Uint32Array.from([...kept, ...first, ...this.ids.filter((id) => !known.has(id))]);
  }

  /** Takes a brush, or lays it down. */
  takeUp(tool: Tool): void {
    this.tool = tool;
    this.#correctable = undefined;
    if (tool === 'select') return;
    this.#lastBrush = tool.label;
    this.selection.clear();
    this.#remember();
  }

  /** Puts down the brush, else clears the selection. */
  escape(): void {
    if (this.tool === 'select') this.selection.clear();
    this.takeUp('select');
  }

  toggleBrush(): void {
    this.takeUp(this.tool === 'select' ? { label: this.#lastBrush } : 'select');
  }

  /**
   * What a class button or key does: labels the large picture, or what is selected, which is then no longer selected, so
   * that the next label can't hit it by mistake; else takes up (or puts down) that brush.
   */
  choose(label: LabelValue, source: LabelSource): void {
    const { selection, cursorId } = this;
    if (this.focused) this.labelFocused(label, source);
    else if (selection.size > 0) {
      const isOne = selection.size === 1 && cursorId !== undefined && selection.has(cursorId);
      this.label(selection.ids, label, source);
      selection.clear();
      this.#correctable = isOne && source === 'key' ? cursorId : undefined;
    } else if (source === 'key' && cursorId !== undefined && cursorId === this.#correctable)
      this.label([cursorId], label, source);
    else if (this.tool !== 'select' && this.tool.label === label) this.takeUp('select');
    else this.takeUp({ label });
  }

  label(ids: Iterable<number>, label: LabelValue, source: LabelSource): void {
    const given = [...ids];
    this.labels.set(given, label, source);
    this.outdated = this.#changes.note(this.query.filter, given, label);
    this.announcement = { did: 'label', label, count: given.length };
  }

  /** Labels pictures of both classes in one step. */
  labelBoth(groups: readonly [readonly number[], readonly number[]], source: LabelSource): void {
    this.labels.setBoth(groups, source);
    groups.forEach((ids, label) => {
      this.outdated = this.#changes.note(this.query.filter, ids, label as ClassIndex);
    });
    this.announcement = { did: 'accept', count: groups[0].length + groups[1].length };
  }

  /** The pictures that a command is about: the large one, else those that are selected. */
  get targets(): readonly number[] {
    if (!this.focused) return [...this.selection.ids];
    return this.cursorId === undefined ? [] : [this.cursorId];
  }

  /** Opens the menu of what is selected, or of the large picture. */
  openMenu(x: number, y: number): void {
    if (this.targets.length > 0) this.menuAt = { x, y };
  }

  /** Removes pictures from the project; their files stay where they are. */
  remove(ids: readonly number[] = this.targets): void {
    if (ids.length > 0) this.labels.remove(ids);
  }

  /** Puts what is selected into the test set, or takes it out. */
  async setTest(test: boolean): Promise<void> {
    const ids = [...this.selection.ids];
    const moved = await this.notices.attempt(() => this.client.call('pictures.setTest', { ids, test }));
    if (moved) {
      this.notices.say(
        `${plural(moved.changed, 'picture')} ${test ? 'moved to' : 'removed from'} the test set.`,
      );
    }
  }

  paint(stroke: Stroke, ids: Iterable<number>): void {
    const given = [...ids];
    this.labels.paint(stroke, given);
    this.outdated = this.#changes.note(this.query.filter, given, stroke.label);
  }

  /** Labels the picture that fills the window and goes on to the next. */
  labelFocused(label: LabelValue, source: LabelSource): void {
    if (this.cursorId === undefined) return;
    this.label([this.cursorId], label, source);
    this.cursor = Math.min(this.cursor + 1, this.ids.length - 1);
  }

  /**
   * Moves the cursor.
   *
   * @param select what becomes of the selection: the cursor's picture only, everything up to it, or nothing changes
   */
  moveTo(index: number, select: 'only' | 'range' | 'keep'): void {
    if (this.ids.length === 0) return;
    this.cursor = Math.max(0, Math.min(index, this.ids.length - 1));
    const id = this.ids[this.cursor]!;
    if (this.tool === 'select' && select === 'only') this.selection.only(id);
    if (this.tool === 'select' && select === 'range') this.selection.rangeTo(id, this.ids);
    this.grid?.reveal(this.cursor);
  }

  openFocus(index = this.cursor): void {
    if (this.ids.length === 0) return;
    this.cursor = index;
    this.focused = true;
    this.tool = 'select';
    this.selection.clear();
  }

  /** Back to the grid, at the picture that was looked at. */
  closeFocus(): void {
    this.focused = false;
    this.#returning = true;
  }

  /** Whether the grid that appears now should go to the cursor and take the keys; asked once. */
  takeReturn(): boolean {
    const returning = this.#returning;
    this.#returning = false;
    return returning;
  }

  selectAll(): void {
    this.tool = 'select';
    this.selection.set(this.ids);
  }

  selectVisible(): void {
    this.tool = 'select';
    this.selection.set(this.grid?.visible() ?? []);
  }

  #afterRemoval({ count, did, batch }: Removal): void {
    this.announcement = { did, count };
    if (batch === null) return;
    this.notices.say(`${plural(count, 'picture')} removed from the project. The files stay where they are.`, [
      { label: 'Undo', act: () => this.labels.undoBatch(batch) },
    ]);
  }

  /** An undo that changes what is out of sight shows it. */
  #showReplayed(changes: readonly LabelChange[]): void {
    // eslint-disable-next-line svelte/prefer-svelte-reactivity -- looked up here only
    const list = new Set(this.ids);
    for (const { id, label } of changes) {
      this.outdated = this.#changes.note(this.query.filter, [id], label, list);
    }
    this.announcement = { did: 'replay', count: changes.length };
    const ids = changes.map(({ id }) => id);
    const [first] = ids;
    if (first === undefined) return;
    const visible = this.focused ? Uint32Array.of(this.cursorId ?? 0) : this.grid?.visible();
    if (visible?.some((id) => ids.includes(id))) return;
    const index = this.ids.indexOf(first);
    if (index < 0) return;
    this.cursor = index;
    this.grid?.reveal(index);
  }

  #remember(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      // What was searched for last time would only hide pictures.
      const query = { ...this.query, search: '' };
      const settings = { ...this.view.settings, query, brush: this.#lastBrush };
      void this.client.call('project.setSettings', { settings }).catch(() => undefined);
    }, SETTLE_MS);
  }
}
