import { pictureQuerySchema } from '../../shared/library/query.ts';
import type { Library } from './library.svelte.ts';

/** A slider settles before the list is read. */
const SETTLE_MS = 150;

/** Groups of look-alikes in the Library, labelled group by group. */
export class LookAlikes {
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly library: Library) {}

  /** Whether the Library shows groups. */
  get isShown(): boolean {
    return this.library.list.query.filter.kind === 'alike';
  }

  /** Shows unlabelled pictures group by group and selects the first group. */
  async show(): Promise<void> {
    const { library } = this;
    if (library.cursor.focused) library.cursor.closeFocus();
    if (library.view.layout !== 'grid') library.view.change({ layout: 'grid' });
    library.takeUp('select');
    const filter = { kind: 'alike', from: library.view.alikeFrom } as const;
    await library.list.ask(pictureQuerySchema.parse({ filter }));
    this.#select(0);
    library.cursor.grid?.focus();
  }

  /** How alike the pictures of a group are; remembered. */
  setFrom(from: number): void {
    this.library.view.change({ alikeFrom: from });
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.show(), SETTLE_MS);
  }

  /** Selects the group of the picture at an index of the list. */
  selectAt(index: number): void {
    const group = this.library.list.groups?.at(index) ?? -1;
    if (group >= 0) this.#select(group);
  }

  /** Selects the group at the cursor; the next one where that is selected already. */
  selectHere(): void {
    const { list, cursor, selection } = this.library;
    if (!list.groups) return;
    const group = list.groups.at(cursor.index);
    const isSelected = this.#ids(group).every((id) => selection.has(id));
    this.#select(isSelected && group + 1 < list.groups.count ? group + 1 : group);
  }

  /** After a group was labelled: the next one with a picture that is not. */
  next(): void {
    const { list, cursor, rows } = this.library;
    if (!list.groups) return;
    for (let group = list.groups.at(cursor.index) + 1; group < list.groups.count; group++) {
      // Rows out of sight are not here yet; the list had only unlabelled pictures.
      if (this.#ids(group).every((id) => (rows.peek(id)?.label ?? null) !== null)) continue;
      this.#select(group);
      return;
    }
  }

  #ids(group: number): number[] {
    const { list } = this.library;
    const [from, to] = list.groups?.range(group) ?? [0, 0];
    return [...list.ids.subarray(from, to)];
  }

  #select(group: number): void {
    const { library } = this;
    const ids = this.#ids(group);
    if (ids.length === 0) return;
    library.brush.tool = 'select';
    library.selection.set(ids);
    // Its end first, so that all of it is in sight where it fits.
    const [from, to] = library.list.groups!.range(group);
    library.cursor.grid?.reveal(to - 1);
    library.cursor.index = from;
    library.cursor.reveal();
  }
}
