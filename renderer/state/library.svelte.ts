import type { ProjectInfo } from '../../shared/contract/project.ts';
import type { ClassIndex, LabelChange, LabelSource, LabelValue } from '../../shared/library/labels.ts';
import { plural } from '../../shared/format.ts';
import type { Client } from './client.ts';
import { LibraryBrush, type Tool } from './library-brush.svelte.ts';
import { LibraryCursor } from './library-cursor.svelte.ts';
import { LibraryFolders } from './library-folders.svelte.ts';
import { LibraryLabels, type Removal, type Stroke } from './library-labels.svelte.ts';
import { LibraryList } from './library-list.svelte.ts';
import { LibraryRows } from './library-rows.svelte.ts';
import { LibrarySelection } from './library-selection.svelte.ts';
import { LibraryView } from './library-view.svelte.ts';
import { LookAlikes } from './look-alikes.svelte.ts';
import { MapSelection } from './map-selection.svelte.ts';
import { RunCoverageState } from './run-coverage.svelte.ts';
import { RunFilterCounts } from './run-counts.svelte.ts';
import type { Notices } from './notices.svelte.ts';
import type { ProjectState } from './project.svelte.ts';

/** What was done to pictures, for those who don't see it. */
export type Announcement = { count: number } & (
  { did: 'label'; label: LabelValue } | { did: 'accept' | 'replay' | 'remove' | 'restore' }
);

/** Typing and sliding settle before they are written. */
const SETTLE_MS = 400;

/** The Library: its parts, and what is done to the pictures that are shown. */
export class Library {
  readonly selection = new LibrarySelection();
  readonly labels: LibraryLabels;
  readonly rows: LibraryRows;
  readonly list: LibraryList;
  readonly cursor: LibraryCursor;
  readonly brush = new LibraryBrush();
  readonly view = new LibraryView(() => this.#remember());
  readonly folders: LibraryFolders;
  readonly runCounts: RunFilterCounts;
  readonly coverage: RunCoverageState;
  readonly alike = new LookAlikes(this);
  readonly onMap: MapSelection;
  keysShown = $state(false);
  /** The last thing that was done, as a new object each time. */
  announcement = $state.raw<Announcement | null>(null);
  /** Where the menu of the selected pictures is open, in the window. */
  menuAt = $state.raw<{ x: number; y: number } | null>(null);
  /** What pictures that are dragged now would be labelled as; undefined while they are over no class. */
  dropLabel = $state.raw<LabelValue | undefined>(undefined);
  /** The picture that a key has just labelled while it was the only one selected: the next key corrects that. */
  #correctable: number | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly client: Client,
    private readonly notices: Notices,
    project: ProjectState,
  ) {
    this.list = new LibraryList(client, notices, {
      onAsk: () => {
        this.cursor.toTop();
        this.selection.clear();
        this.#remember();
      },
      onRead: (ids) => {
        this.cursor.follow(ids);
        this.selection.keep(ids);
      },
      expireRows: () => this.rows.expire(),
      refreshLabels: () => this.labels.refresh(),
    });
    this.cursor = new LibraryCursor(this.list);
    this.folders = new LibraryFolders(client);
    this.runCounts = new RunFilterCounts(client);
    this.coverage = new RunCoverageState(client);
    this.onMap = new MapSelection(client, this);
    this.labels = new LibraryLabels(client, notices, project, {
      peek: (id) => this.rows.peek(id),
      reread: () => void this.list.reread(),
      onReplayed: (changes) => this.#showReplayed(changes),
      onRemoved: (removal) => this.#afterRemoval(removal),
    });
    this.rows = new LibraryRows(
      client,
      (id) => this.labels.pendingLabel(id),
      (error) => notices.failReading(error),
    );
    client.on('pictures.changed', () => {
      void this.list.reread();
      void this.#readFolders();
    });
  }

  /** Shows another project, or none. */
  open(project: ProjectInfo | null): void {
    this.rows.clear();
    this.labels.clear();
    this.selection.clear();
    this.onMap.clear();
    this.list.clear();
    this.brush.tool = 'select';
    this.cursor.reset();
    this.menuAt = null;
    this.folders.clear();
    clearTimeout(this.#timer);
    if (!project) return;
    this.announcement = null;
    const { query, brush } = project.settings;
    this.brush.last = brush;
    this.view.open(project.settings);
    this.list.open(query);
    void this.#readFolders();
  }

  /** A folder that is gone, as after its pictures were located elsewhere, is no filter any more. */
  async #readFolders(): Promise<void> {
    await this.notices.read(() => this.folders.refresh());
    const { folder } = this.list.query;
    if (folder !== null && !this.folders.all.some(({ path }) => path === folder)) this.list.showFolder(null);
  }

  /** After the classes changed places: brush and filter stay with their class. */
  swapIndices(): void {
    this.rows.swapIndices();
    this.labels.swapIndices();
    this.brush.swapIndices();
    this.list.swapIndices();
  }

  /** Takes a brush, or lays it down. */
  takeUp(tool: Tool): void {
    this.brush.take(tool);
    this.#correctable = undefined;
    if (tool === 'select') return;
    this.selection.clear();
    this.#remember();
  }

  /** Puts down the brush, else clears the selection. */
  escape(): void {
    if (this.brush.tool === 'select') this.deselect();
    this.takeUp('select');
  }

  toggleBrush(): void {
    this.takeUp(this.brush.tool === 'select' ? { label: this.brush.last } : 'select');
  }

  /**
   * What a class button or key does: labels the large picture, or what is selected, which is then no longer selected, so
   * that the next label can't hit it by mistake; else takes up (or puts down) that brush.
   */
  choose(label: LabelValue, source: LabelSource): void {
    const { selection } = this;
    const cursorId = this.cursor.id;
    if (this.cursor.focused) this.labelFocused(label, source);
    else if (selection.size > 0) {
      const isOne = selection.size === 1 && cursorId !== undefined && selection.has(cursorId);
      this.label(selection.ids, label, source);
      selection.clear();
      // The next group, so that each takes one key.
      if (this.alike.isShown && label !== null) this.alike.next();
      this.#correctable = isOne && source === 'key' ? cursorId : undefined;
    } else if (source === 'key' && cursorId !== undefined && cursorId === this.#correctable)
      this.label([cursorId], label, source);
    else if (this.brush.tool !== 'select' && this.brush.tool.label === label) this.takeUp('select');
    else this.takeUp({ label });
  }

  label(ids: Iterable<number>, label: LabelValue, source: LabelSource): Stroke {
    const given = [...ids];
    const stroke = this.labels.set(given, label, source);
    this.list.note(given, label);
    this.announcement = { did: 'label', label, count: given.length };
    return stroke;
  }

  /** Labels pictures of both classes in one step. */
  labelBoth(groups: readonly [readonly number[], readonly number[]], source: LabelSource): void {
    this.labels.setBoth(groups, source);
    groups.forEach((ids, label) => {
      this.list.note(ids, label as ClassIndex);
    });
    this.announcement = { did: 'accept', count: groups[0].length + groups[1].length };
  }

  /** The pictures that a command is about: the large one, else those that are selected. */
  get targets(): readonly number[] {
    if (!this.cursor.focused) return [...this.selection.ids];
    return this.cursor.id === undefined ? [] : [this.cursor.id];
  }

  /** Opens the menu of what is selected, or of the large picture. */
  openMenu(x: number, y: number): void {
    if (this.targets.length > 0) this.menuAt = { x, y };
  }

  /** Removes pictures from the project; their files stay where they are. */
  remove(ids: readonly number[] = this.targets): void {
    if (ids.length > 0) this.labels.remove(ids);
  }

  /** Puts pictures into the test set, or takes them out. */
  async setTest(test: boolean, ids: readonly number[] = this.targets): Promise<void> {
    const moved = await this.notices.attempt(() =>
      this.client.call('pictures.setTest', { ids: [...ids], test }),
    );
    if (moved) {
      this.notices.say(
        `${plural(moved.changed, 'picture')} ${test ? 'moved to' : 'removed from'} the test set.`,
      );
    }
  }

  paint(stroke: Stroke, ids: Iterable<number>): void {
    const given = [...ids];
    this.labels.paint(stroke, given);
    this.list.note(given, stroke.label);
  }

  /** Labels the picture that fills the window and goes on to the next. */
  labelFocused(label: LabelValue, source: LabelSource): void {
    if (this.cursor.id === undefined) return;
    this.label([this.cursor.id], label, source);
    this.cursor.next();
  }

  /**
   * Moves the cursor.
   *
   * @param select what becomes of the selection: the cursor's picture only, everything up to it, or nothing changes
   */
  moveTo(index: number, select: 'only' | 'range' | 'keep'): void {
    if (this.list.ids.length === 0) return;
    this.cursor.goTo(index);
    const id = this.cursor.id!;
    if (this.brush.tool === 'select' && select === 'only') this.selection.only(id);
    if (this.brush.tool === 'select' && select === 'range') this.selection.rangeTo(id, this.list.ids);
    this.cursor.reveal();
  }

  openFocus(index = this.cursor.index): void {
    if (this.list.ids.length === 0) return;
    this.cursor.index = index;
    this.cursor.focused = true;
    this.brush.tool = 'select';
    this.selection.clear();
  }

  /** Ends the selection, and on the map also what the filter "Selected on the map" would show. */
  deselect(): void {
    this.selection.clear();
    if (this.view.layout === 'map' && !this.onMap.isShown) this.onMap.clear();
  }

  selectAll(): void {
    this.brush.tool = 'select';
    this.selection.set(this.list.ids);
  }

  selectVisible(): void {
    this.brush.tool = 'select';
    this.selection.set(this.cursor.grid?.visible() ?? []);
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
    this.list.noteAnywhere(changes);
    this.announcement = { did: 'replay', count: changes.length };
    const ids = changes.map(({ id }) => id);
    const [first] = ids;
    if (first === undefined) return;
    if (this.cursor.visible.some((id) => ids.includes(id))) return;
    const index = this.list.ids.indexOf(first);
    if (index < 0) return;
    this.cursor.index = index;
    this.cursor.reveal();
  }

  #remember(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      // What was searched for last time would only hide pictures.
      const { filter } = this.list.query;
      // Nor does the project remember what was selected.
      const kept = filter.kind === 'selected' ? ({ kind: 'all' } as const) : filter;
      const query = { ...this.list.query, filter: kept, search: '' };
      const settings = { ...this.view.settings, query, brush: this.brush.last };
      void this.client.call('project.setSettings', { settings }).catch(() => undefined);
    }, SETTLE_MS);
  }
}
