import type { Point } from './viewport.ts';

/** Finding points of a map, [count, 2]; each search looks at all of them, which takes half a millisecond for 100,000. */
type Points = Float32Array;
type Takes = (index: number) => boolean;

/** The point nearest to a place and at most `within` away; null where there is none. @param takes which points count */
export function nearestPoint(points: Points, at: Point, within: number, takes: Takes): number | null {
  let best = within * within;
  let found: number | null = null;
  for (let index = 0; 2 * index < points.length; index++) {
    const x = points[2 * index]! - at.x;
    const y = points[2 * index + 1]! - at.y;
    const distance = x * x + y * y;
    // Of points at the same place the last one is on top.
    if (distance <= best && takes(index)) {
      best = distance;
      found = index;
    }
  }
  return found;
}

/**
 * The point nearest in a direction: within 45° of it, those straight ahead first.
 *
 * @param direction of length 1; y points up
 */
export function nearestTowards(points: Points, from: number, direction: Point, takes: Takes): number | null {
  const [x0, y0] = [points[2 * from]!, points[2 * from + 1]!];
  let best = Infinity;
  let found: number | null = null;
  for (let index = 0; 2 * index < points.length; index++) {
    const x = points[2 * index]! - x0;
    const y = points[2 * index + 1]! - y0;
    const along = x * direction.x + y * direction.y;
    if (along <= 0) continue;
    const aside = Math.abs(x * direction.y - y * direction.x);
    const cost = along + 2 * aside;
    if (aside <= along && cost < best && takes(index)) {
      best = cost;
      found = index;
    }
  }
  return found;
}

/** Indices of the points inside a closed line, by the even-odd rule. */
export function pointsInside(points: Points, line: readonly Point[], takes: Takes): number[] {
  if (line.length < 3) return [];
  const [left, right] = [Math.min(...line.map(({ x }) => x)), Math.max(...line.map(({ x }) => x))];
  const [bottom, top] = [Math.min(...line.map(({ y }) => y)), Math.max(...line.map(({ y }) => y))];
  const found: number[] = [];
  for (let index = 0; 2 * index < points.length; index++) {
    const x = points[2 * index]!;
    const y = points[2 * index + 1]!;
    if (x < left || x > right || y < bottom || y > top || !takes(index)) continue;
    if (isInside(line, x, y)) found.push(index);
  }
  return found;
}

function isInside(line: readonly Point[], x: number, y: number): boolean {
  let inside = false;
  let from = line.at(-1)!;
  for (const to of line) {
    if (to.y > y !== from.y > y && x < ((from.x - to.x) * (y - to.y)) / (from.y - to.y) + to.x) {
      inside = !inside;
    }
    from = to;
  }
  return inside;
}

/** Indices of the points in a box, in their order. */
export function pointsIn(points: Points, low: Point, high: Point, takes: Takes): number[] {
  const found: number[] = [];
  for (let index = 0; 2 * index < points.length; index++) {
    const x = points[2 * index]!;
    const y = points[2 * index + 1]!;
    if (x >= low.x && x <= high.x && y >= low.y && y <= high.y && takes(index)) found.push(index);
  }
  return found;
}
