/* eslint-disable svelte/prefer-svelte-reactivity -- replaced as a whole: 100,000 pictures may be selected at once */
/** Which pictures are selected, by id; the list they are in is given with each gesture, as it may change. */
export class LibrarySelection {
  ids = $state.raw<ReadonlySet<number>>(new Set());
  readonly size = $derived(this.ids.size);
  /** Where the last click was: ranges begin there. */
  #anchor: number | null = null;

  has(id: number): boolean {
    return this.ids.has(id);
  }

  clear(): void {
    if (this.ids.size > 0) this.ids = new Set();
    this.#anchor = null;
  }

  only(id: number): void {
    this.ids = new Set([id]);
    this.#anchor = id;
  }

  toggle(id: number): void {
    const ids = new Set(this.ids);
    if (!ids.delete(id)) ids.add(id);
    this.ids = ids;
    this.#anchor = id;
  }

  /**
   * Selects everything between the last click and a picture.
   *
   * @param add keep what is selected already
   */
  rangeTo(id: number, list: Uint32Array, add = false): void {
    const from = this.#anchor === null ? -1 : list.indexOf(this.#anchor);
    const to = list.indexOf(id);
    if (from < 0 || to < 0) {
      this.only(id);
      return;
    }
    const range = list.subarray(Math.min(from, to), Math.max(from, to) + 1);
    this.ids = new Set(add ? [...this.ids, ...range] : range);
  }

  /** Selects exactly these. */
  set(ids: Iterable<number>): void {
    this.ids = new Set(ids);
  }

  /** Lets go of what is no longer in the list: nobody labels what they can't find. */
  keep(list: Uint32Array): void {
    if (this.ids.size === 0) return;
    const there = new Set(list);
    this.ids = new Set([...this.ids].filter((id) => there.has(id)));
  }
}
