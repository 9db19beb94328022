import { toFailure } from '../../shared/errors.ts';
import type { LabelChange, LabelValue } from '../../shared/library/labels.ts';
import {
  pictureQuerySchema,
  type PictureFilter,
  type PictureQuery,
  type PictureSort,
} from '../../shared/library/query.ts';
import { swapClass } from '../../shared/swap.ts';
import { GroupPlaces } from '../lib/group-places.ts';
import { ListChanges, UP_TO_DATE } from '../lib/outdated.ts';
import type { Client } from './client.ts';
import type { Notices } from './notices.svelte.ts';

const ALL: PictureQuery = pictureQuerySchema.parse({});

/** What the list needs of the rest of the library. */
export interface ListHost {
  /** Another query is shown from its top. */
  onAsk(): void;
  /** These ids are about to replace those of the list. */
  onRead(ids: Uint32Array): void;
  /** Rows that are known may be wrong. */
  expireRows(): void;
  refreshLabels(): Promise<void>;
}

/** Which pictures the Library shows, in which order. */
export class LibraryList {
  query = $state.raw<PictureQuery>(ALL);
  /** Ids of the pictures that the query found. A picture stays where it is when its label no longer fits the filter. */
  ids = $state.raw<Uint32Array>(new Uint32Array());
  /** The query that found `ids`; another than `query` while that is being read. */
  shown = $state.raw<PictureQuery | null>(null);
  /** Where the groups of the list are; null where it has none. */
  groups = $state.raw<GroupPlaces | null>(null);
  loaded = $state(false);
  outdated = $state.raw(UP_TO_DATE);
  readonly #changes = new ListChanges();
  #loading: Promise<void> | null = null;
  #again = false;

  constructor(
    private readonly client: Client,
    private readonly notices: Notices,
    private readonly host: ListHost,
  ) {}

  clear(): void {
    this.ids = new Uint32Array();
    this.shown = null;
    this.groups = null;
    this.loaded = false;
  }

  /** Shows the pictures of a project that was opened. */
  open(query: PictureQuery): void {
    this.query = query;
    void this.reread();
  }

  /** After the classes changed places: the filter stays with its class. */
  swapIndices(): void {
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
    this.host.expireRows();
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
        const { ids, groups } = await this.#read(query);
        if (query === this.query) this.#show(query, ids, groups);
        await this.host.refreshLabels();
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

  async #read(query: PictureQuery): Promise<{ ids: Uint32Array; groups: GroupPlaces | null }> {
    if (query.filter.kind !== 'alike' && query.filter.kind !== 'duplicates') {
      return { ids: await this.client.call('pictures.ids', query), groups: null };
    }
    const { ids, sizes } = await this.client.call('pictures.groups', query);
    return { ids, groups: new GroupPlaces(sizes) };
  }

  #show(query: PictureQuery, ids: Uint32Array, groups: GroupPlaces | null): void {
    this.host.onRead(ids);
    this.shown = query;
    this.groups = groups;
    this.ids = ids;
    this.loaded = true;
    this.outdated = this.#changes.reset();
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
    this.host.onAsk();
    await this.reread();
  }

  /** Other pictures from a place of the list on; those before it stay. */
  replaceTail(from: number, first: Uint32Array): void {
    const kept = this.ids.subarray(0, from);
    // eslint-disable-next-line svelte/prefer-svelte-reactivity -- looked up here only
    const known = new Set([...kept, ...first]);
    this.ids = Uint32Array.from([...kept, ...first, ...this.ids.filter((id) => !known.has(id))]);
  }

  /** Listed pictures have this label now. */
  note(ids: Iterable<number>, label: LabelValue): void {
    this.outdated = this.#changes.note(this.query.filter, ids, label);
  }

  /** Pictures that may not be listed were given labels. */
  noteAnywhere(changes: readonly LabelChange[]): void {
    // eslint-disable-next-line svelte/prefer-svelte-reactivity -- looked up here only
    const list = new Set(this.ids);
    for (const { id, label } of changes) {
      this.outdated = this.#changes.note(this.query.filter, [id], label, list);
    }
  }
}
