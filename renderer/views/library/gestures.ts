import type { LabelValue } from '../../../shared/library/labels.ts';
import type { Stroke } from '../../state/library-labels.svelte.ts';
import type { Library } from '../../state/library.svelte.ts';
import { indexAt, indicesBetween, indicesIn, type Box, type Layout, type Point } from './geometry.ts';

/** Less is a click with an unsteady hand. */
const DRAG_PX = 5;
/** So near to an edge, the grid scrolls while something is drawn. */
const EDGE_PX = 28;
const MAX_SPEED_PX = 40;

/** What gestures need of the grid. */
export interface Surface {
  layout(): Layout;
  /** Where in the grid a point of the window lies. */
  toGrid(point: Point): Point;
  scrollBy(pixels: number): void;
  /** Upper and lower edge of the grid in the window. */
  edges(): { top: number; bottom: number };
  /** Draws the rubber band; null hides it. */
  showBand(box: Box | null): void;
  /** What pictures dropped at a point of the window are labelled as; undefined where nothing takes them. */
  dropAt(point: Point): LabelValue | undefined;
  /** Draws what is dragged; null hides it. */
  showCarried(carried: Carried | null): void;
}

/** Pictures that are dragged to a class. */
export interface Carried {
  count: number;
  /** In the window. */
  at: Point;
  /** The label they would get here. */
  over: LabelValue | undefined;
}

type Drag =
  | { kind: 'paint'; stroke: Stroke; last: Point }
  | { kind: 'press'; start: Point; index: number | null; add: boolean; wasSelected: boolean }
  /** `id`: where it began on a picture, which a class takes when the band is dropped on it. */
  | { kind: 'band'; start: Point; base: ReadonlySet<number>; id: number | undefined }
  | { kind: 'carry'; ids: readonly number[] };

/** The mouse in the grid: labelling by click and drag; selecting by click, range and rubber band; dragging to a class. */
export class Gestures {
  #drag: Drag | null = null;
  #at: Point = { x: 0, y: 0 };
  #frame = 0;

  constructor(
    private readonly library: Library,
    private readonly surface: Surface,
  ) {}

  get active(): boolean {
    return this.#drag !== null;
  }

  down(event: PointerEvent): void {
    if (event.button !== 0) return;
    const { library, surface } = this;
    this.#at = { x: event.clientX, y: event.clientY };
    const start = surface.toGrid(this.#at);
    const index = indexAt(surface.layout(), start.x, start.y);
    if (index !== null) library.cursor.index = index;
    const brush = library.brush.label;
    if (brush !== undefined) {
      this.#drag = { kind: 'paint', stroke: { label: brush, source: 'mouse', batch: null }, last: start };
      this.#paint();
    } else {
      const add = event.ctrlKey || event.metaKey;
      const wasSelected = index !== null && library.selection.has(library.list.ids[index]!);
      if (index !== null) this.#press(library.list.ids[index]!, add, event.shiftKey);
      this.#drag = { kind: 'press', start, index, add: add || event.shiftKey, wasSelected };
    }
    this.#frame = requestAnimationFrame(() => this.#scroll());
  }

  move(event: PointerEvent): void {
    this.#at = { x: event.clientX, y: event.clientY };
    this.#follow();
  }

  up(): void {
    const drag = this.#drag;
    const carried = this.#carried();
    this.cancel();
    if (carried?.over !== undefined) {
      this.library.label(carried.ids, carried.over, 'mouse');
      this.library.selection.clear();
      return;
    }
    if (drag?.kind !== 'press' || drag.add) return;
    // A click, not a drag: of several that were selected only this one stays; beside all of them none does.
    if (drag.index === null) this.library.selection.clear();
    else if (this.library.alike.isShown) this.library.alike.selectAt(drag.index);
    else this.library.selection.only(this.library.list.ids[drag.index]!);
  }

  /** Ends the gesture where it is; what is painted stays. */
  cancel(): void {
    cancelAnimationFrame(this.#frame);
    this.#drag = null;
    this.surface.showBand(null);
    this.surface.showCarried(null);
  }

  /** The picture at a point of the window. */
  indexAt(point: Point): number | null {
    const { x, y } = this.surface.toGrid(point);
    return indexAt(this.surface.layout(), x, y);
  }

  /** What is dragged now, and onto what; a band that began on a picture drags that one once it is over a class. */
  #carried(): (Carried & { ids: readonly number[] }) | null {
    const drag = this.#drag;
    if (drag?.kind !== 'carry' && drag?.kind !== 'band') return null;
    const over = this.surface.dropAt(this.#at);
    if (drag.kind === 'carry') return { ids: drag.ids, count: drag.ids.length, at: this.#at, over };
    if (drag.id === undefined || over === undefined) return null;
    return { ids: [drag.id], count: 1, at: this.#at, over };
  }

  #press(id: number, add: boolean, range: boolean): void {
    const { selection, list } = this.library;
    if (range) selection.rangeTo(id, list.ids, add);
    else if (add) selection.toggle(id);
    else if (!selection.has(id)) selection.only(id);
  }

  #follow(): void {
    const drag = this.#drag;
    if (!drag) return;
    if (drag.kind === 'paint') {
      this.#paint();
      return;
    }
    const to = this.surface.toGrid(this.#at);
    if (drag.kind === 'press') {
      if (Math.hypot(to.x - drag.start.x, to.y - drag.start.y) < DRAG_PX) return;
      const { selection, list } = this.library;
      const base = drag.add ? selection.ids : new Set<number>();
      const id = drag.index === null ? undefined : list.ids[drag.index];
      // What is selected already is dragged; from anywhere else a drag selects.
      this.#drag =
        drag.wasSelected && !drag.add
          ? { kind: 'carry', ids: [...selection.ids] }
          : { kind: 'band', start: drag.start, base, id };
    }
    if (this.#drag?.kind === 'band') this.#band(this.#drag.start, to, this.#drag.base);
    this.surface.showCarried(this.#carried());
  }

  #paint(): void {
    const drag = this.#drag;
    if (drag?.kind !== 'paint') return;
    const { library, surface } = this;
    const to = surface.toGrid(this.#at);
    const indices = indicesBetween(surface.layout(), drag.last, to);
    drag.last = to;
    if (indices.length === 0) return;
    library.cursor.index = indices.at(-1)!;
    library.paint(
      drag.stroke,
      indices.map((index) => library.list.ids[index]!),
    );
  }

  #band(from: Point, to: Point, base: ReadonlySet<number>): void {
    const { library, surface } = this;
    const box = {
      left: Math.min(from.x, to.x),
      top: Math.min(from.y, to.y),
      right: Math.max(from.x, to.x),
      bottom: Math.max(from.y, to.y),
    };
    surface.showBand(box);
    const inside = indicesIn(surface.layout(), box).map((index) => library.list.ids[index]!);
    library.selection.set([...base, ...inside]);
  }

  /** Near an edge the grid goes on by itself, the faster the further out. */
  #scroll(): void {
    if (!this.#drag) return;
    this.#frame = requestAnimationFrame(() => this.#scroll());
    const { top, bottom } = this.surface.edges();
    const beyond = Math.min(0, this.#at.y - top - EDGE_PX) + Math.max(0, this.#at.y - bottom + EDGE_PX);
    if (beyond === 0 || this.#drag.kind === 'press') return;
    this.surface.scrollBy(Math.max(-MAX_SPEED_PX, Math.min(MAX_SPEED_PX, beyond / 2)));
    this.#follow();
  }
}
