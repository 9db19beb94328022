import { ZOOM_STEP, type ZoomHandle } from '../../../lib/zoom.ts';
import { keyOf } from '../../../lib/keys.ts';
import { nearestTowards } from './find-points.ts';
import type { Point } from './viewport.ts';

/** What keys act on. */
export interface MapKeyTarget {
  /** [count, 2] */
  points: Float32Array;
  /** The point that keys move from; null: none yet. */
  current: number | null;
  takes: (index: number) => boolean;
  zoom: ZoomHandle;
  /** Moves the map by pixels. */
  pan: (by: Point) => void;
  goTo: (index: number) => void;
  open: () => void;
  /** Shows what is selected in the grid. */
  show: () => void;
}

const DIRECTIONS: Partial<Record<string, Point>> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: 1 },
  ArrowDown: { x: 0, y: -1 },
};
const PAN_PX = 80;

/** Does what a key means on the map; other keys mean what they mean in the grid. @returns whether it meant anything */
export function mapKey(event: KeyboardEvent, target: MapKeyTarget): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  const { points, current, takes, zoom } = target;
  const key = keyOf(event);
  const direction = DIRECTIONS[key];
  if (direction) {
    if (event.shiftKey) target.pan({ x: -direction.x * PAN_PX, y: direction.y * PAN_PX });
    else move(direction);
    return true;
  }
  switch (key) {
    case '+':
    case '=':
      zoom.by(ZOOM_STEP);
      return true;
    case '-':
      zoom.by(1 / ZOOM_STEP);
      return true;
    case 'f':
      zoom.fit();
      return true;
    case 'Enter':
      if (event.shiftKey) target.show();
      else if (current !== null) target.open();
      return true;
    case ' ':
    case 'Home':
    case 'End':
    case 'PageUp':
    case 'PageDown':
      // Space does what it does when it comes up, unless it moved the map; the rest has no meaning here.
      return true;
    default:
      return false;
  }

  function move(towards: Point): void {
    const from = current !== null && takes(current) ? current : firstOf();
    if (from === null) return;
    const next = from === current ? nearestTowards(points, from, towards, takes) : from;
    target.goTo(next ?? from);
  }

  function firstOf(): number | null {
    for (let index = 0; 2 * index < points.length; index++) if (takes(index)) return index;
    return null;
  }
}
