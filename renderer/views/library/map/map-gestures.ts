import { pointsIn, pointsInside } from './find-points.ts';
import { pannedBy, toFrame, toMap, zoomedAt, type Point, type Size, type Viewport } from './viewport.ts';

/** What a lasso or a click does with the selection. */
export type Selecting = 'only' | 'add' | 'remove' | 'toggle';

/** What gestures need of the map. */
export interface MapSurface {
  view: () => Viewport;
  whole: () => Viewport;
  frame: () => Size;
  /** [count, 2] */
  points: () => Float32Array;
  takes: (index: number) => boolean;
  show: (view: Viewport) => void;
  select: (indices: readonly number[], how: Selecting) => void;
  goTo: (index: number) => void;
  /** The point at a place of the frame. */
  indexAt: (at: Point) => number | null;
  showLasso: (line: readonly Point[]) => void;
  /** Where the pointer is in the frame. */
  toFrame: (event: MouseEvent) => Point;
}

/** A press moves this far before it is a lasso. */
const DRAG_PX = 4;
/** Wheel travel that doubles the scale. */
const WHEEL_PX = 300;
/** Of lines or pages, as some mice count, in pixels. */
const WHEEL_UNITS = [1, 16, 400];

type Drag = { kind: 'press'; start: Point } | { kind: 'lasso'; line: Point[] } | { kind: 'pan'; last: Point };

/** Left button: a click chooses a point, a drag is a lasso. Middle button, or any with Space held: moves the map. */
export class MapGestures {
  #drag: Drag | null = null;
  #space: 'up' | 'down' | 'used' = 'up';

  constructor(private readonly surface: MapSurface) {}

  place(event: MouseEvent): Point {
    return this.surface.toFrame(event);
  }

  down(event: PointerEvent): void {
    const at = this.place(event);
    if (event.button === 1 || (event.button === 0 && this.#space !== 'up')) {
      // Else Chromium scrolls by the middle button.
      event.preventDefault();
      if (this.#space === 'down') this.#space = 'used';
      this.#drag = { kind: 'pan', last: at };
    } else if (event.button === 0) this.#drag = { kind: 'press', start: at };
  }

  /** @returns whether it belongs to a gesture */
  move(event: PointerEvent): boolean {
    const drag = this.#drag;
    if (!drag) return false;
    const at = this.place(event);
    const { surface } = this;
    if (drag.kind === 'pan') {
      surface.show(pannedBy(surface.view(), { x: at.x - drag.last.x, y: at.y - drag.last.y }));
      drag.last = at;
    } else if (drag.kind === 'lasso') {
      drag.line.push(at);
      surface.showLasso([...drag.line]);
    } else if (Math.hypot(at.x - drag.start.x, at.y - drag.start.y) >= DRAG_PX) {
      this.#drag = { kind: 'lasso', line: [drag.start, at] };
    }
    return true;
  }

  up(event: PointerEvent): void {
    const drag = this.#drag;
    this.cancel();
    if (!drag || drag.kind === 'pan') return;
    const { surface } = this;
    const add = event.shiftKey || event.ctrlKey || event.metaKey;
    if (drag.kind === 'press') {
      const index = surface.indexAt(drag.start);
      if (index !== null) surface.goTo(index);
      if (index !== null) surface.select([index], add ? 'toggle' : 'only');
      else if (!add) surface.select([], 'only');
      return;
    }
    const [view, frame] = [surface.view(), surface.frame()];
    const line = drag.line.map((at) => toMap(view, frame, at));
    const inside = pointsInside(surface.points(), line, surface.takes);
    surface.select(inside, event.altKey ? 'remove' : add ? 'add' : 'only');
    if (inside[0] !== undefined) surface.goTo(inside[0]);
  }

  /** Ends the gesture where it is. */
  cancel(): void {
    this.#drag = null;
    this.surface.showLasso([]);
  }

  wheel(event: WheelEvent): void {
    const { surface } = this;
    const travel = event.deltaY * (WHEEL_UNITS[event.deltaMode] ?? 1);
    // A pinch on a touchpad comes as a wheel with Ctrl, in small steps.
    const factor = 2 ** ((-travel * (event.ctrlKey ? 4 : 1)) / WHEEL_PX);
    surface.show(zoomedAt(surface.view(), factor, this.place(event), surface.frame(), surface.whole()));
    // What was drawn of a lasso would be elsewhere now.
    if (this.#drag?.kind === 'lasso') this.cancel();
  }

  /** While Space is held, a drag moves the map. */
  spaceDown(): void {
    if (this.#space === 'up') this.#space = 'down';
  }

  /** @returns whether Space was pressed for itself, and not to move the map */
  spaceUp(): boolean {
    const alone = this.#space === 'down';
    this.#space = 'up';
    return alone;
  }

  /** Points in the frame whose pictures are listed. */
  visible(): number[] {
    const { surface } = this;
    const [view, frame] = [surface.view(), surface.frame()];
    const low = toMap(view, frame, { x: 0, y: frame.height });
    const high = toMap(view, frame, { x: frame.width, y: 0 });
    return pointsIn(surface.points(), low, high, surface.takes);
  }

  /** Where a point is in the frame. */
  onFrame(index: number): Point {
    const { surface } = this;
    const points = surface.points();
    const at = { x: points[2 * index]!, y: points[2 * index + 1]! };
    return toFrame(surface.view(), surface.frame(), at);
  }
}
