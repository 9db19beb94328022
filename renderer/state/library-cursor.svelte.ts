import type { PictureZoom } from '../lib/zoom.ts';
import type { LibraryList } from './library-list.svelte.ts';

/** What the grid tells of itself while it is shown. */
export interface GridHandle {
  columns(): number;
  /** Pictures of a screen. */
  page(): number;
  visible(): Uint32Array;
  /** Ids of the pictures that are wholly on the screen; none where they are not in rows. */
  whole(): Uint32Array;
  reveal(index: number): void;
  focus(): void;
}

/** Which picture of the list keys act on, and whether it fills the place of the grid. */
export class LibraryCursor {
  index = $state(0);
  /** One picture fills the place of the grid. */
  focused = $state(false);
  /** Where the grid was scrolled to, kept while another place is shown. */
  scrollTop = 0;
  grid = $state.raw<GridHandle | null>(null);
  /** Of the large picture while it is shown. */
  zoom: PictureZoom | null = null;
  readonly id = $derived.by(() => this.list.ids[this.index]);
  #returning = false;

  constructor(private readonly list: LibraryList) {}

  /** For another project. */
  reset(): void {
    this.index = 0;
    this.scrollTop = 0;
    this.focused = false;
  }

  /** To the top of another list. */
  toTop(): void {
    this.index = 0;
    this.scrollTop = 0;
    this.grid?.reveal(0);
  }

  /** Stays with its picture, where that is among the ids that replace the list. */
  follow(ids: Uint32Array): void {
    const at = this.id === undefined ? -1 : ids.indexOf(this.id);
    this.index = at >= 0 ? at : Math.max(0, Math.min(this.index, ids.length - 1));
  }

  /** To an index, or the nearest that the list has. */
  goTo(index: number): void {
    this.index = Math.max(0, Math.min(index, this.list.ids.length - 1));
  }

  next(): void {
    this.goTo(this.index + 1);
  }

  reveal(): void {
    this.grid?.reveal(this.index);
  }

  /** Ids of the pictures on the screen. */
  get visible(): Uint32Array {
    if (this.focused) return Uint32Array.of(this.id ?? 0);
    return this.grid?.visible() ?? new Uint32Array();
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
}
