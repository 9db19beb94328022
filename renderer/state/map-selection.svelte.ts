import type { PictureFilter } from '../../shared/library/query.ts';
import type { Client } from './client.ts';
import type { Library } from './library.svelte.ts';

/**
 * The pictures that were selected on the map last, for the filter "Selected on the map". Labelling them ends the selection but
 * not this, so that one can look at them afterwards.
 */
export class MapSelection {
  /** Null: none. */
  filter = $state.raw<Extract<PictureFilter, { kind: 'selected' }> | null>(null);
  /** How many of them there are; fewer after some were removed from the project. */
  count = $state(0);
  #total: number | undefined;

  constructor(
    private readonly client: Client,
    private readonly library: Library,
  ) {}

  /** Whether the Library shows only these pictures. */
  get isShown(): boolean {
    const { filter } = this.library.list.query;
    return filter.kind === 'selected' && filter.title === undefined;
  }

  /** Shows what is selected on the map in the grid, where it stays selected. */
  showInGrid(): void {
    const { list, selection, view } = this.library;
    const { ids } = selection;
    if (ids.size === 0) return;
    this.take(ids);
    list.filter(this.filter!);
    selection.set(ids);
    view.change({ layout: 'grid' });
  }

  /** Forgets what was selected, and shows all pictures if only that was shown. */
  forget(): void {
    this.clear();
    if (this.isShown) this.library.list.filter({ kind: 'all' });
  }

  take(selected: Iterable<number>): void {
    const ids = Uint32Array.from(selected);
    this.filter = { kind: 'selected', ids };
    this.count = ids.length;
  }

  clear(): void {
    this.filter = null;
    this.count = 0;
  }

  /** Counts again when pictures came or went. @param total pictures of the project */
  async recount(total: number | undefined): Promise<void> {
    const { filter } = this;
    if (total === this.#total) return;
    this.#total = total;
    if (!filter) return;
    const found = await this.client.call('pictures.matches', { filters: [filter] }).catch(() => null);
    if (found && filter === this.filter) this.count = found[0]!;
  }
}
