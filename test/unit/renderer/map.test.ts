import { describe, expect, it } from 'vitest';
import { indexOfId, maskOf, valuesOf } from '../../../renderer/views/library/map/colouring.ts';
import {
  nearestPoint,
  nearestTowards,
  pointsInside,
} from '../../../renderer/views/library/map/find-points.ts';
import { looksOf, type Look } from '../../../renderer/views/library/map/looks.ts';
import { tilesIn } from '../../../renderer/views/library/map/tiles.ts';
import {
  fitted,
  pannedBy,
  revealed,
  toFrame,
  toMap,
  zoomedAt,
} from '../../../renderer/views/library/map/viewport.ts';

const frame = { width: 800, height: 400 };
const all = (): boolean => true;
/** Corners of a square of edge 2 around the origin, and its middle. */
const square = Float32Array.of(-1, -1, 1, -1, 1, 1, -1, 1, 0, 0);

describe('the viewport of the map', () => {
  const whole = fitted(square, frame);

  it('shows all points with the same scale on both axes', () => {
    for (let index = 0; index < 5; index++) {
      const at = toFrame(whole, frame, { x: square[2 * index]!, y: square[2 * index + 1]! });
      expect(at.x).toBeGreaterThan(0);
      expect(at.x).toBeLessThan(frame.width);
      expect(at.y).toBeGreaterThan(0);
      expect(at.y).toBeLessThan(frame.height);
    }
    // The upper corner is above the lower one.
    expect(toFrame(whole, frame, { x: 1, y: 1 }).y).toBeLessThan(toFrame(whole, frame, { x: 1, y: -1 }).y);
  });

  it('zooms around a place, within limits', () => {
    const at = { x: 100, y: 300 };
    const fixed = toMap(whole, frame, at);
    const zoomed = zoomedAt(whole, 3, at, frame, whole);
    expect(zoomed.scale).toBeCloseTo(3 * whole.scale);
    expect(toMap(zoomed, frame, at).x).toBeCloseTo(fixed.x);
    expect(toMap(zoomed, frame, at).y).toBeCloseTo(fixed.y);
    expect(zoomedAt(whole, 1e9, at, frame, whole).scale).toBeCloseTo(400 * whole.scale);
  });

  it('moves no further than needed to reveal a point', () => {
    expect(revealed(whole, frame, { x: 0, y: 0 })).toEqual(whole);
    const away = pannedBy(whole, { x: 2000, y: 0 });
    expect(toFrame(revealed(away, frame, { x: 0, y: 0 }), frame, { x: 0, y: 0 }).x).toBeCloseTo(760);
  });
});

describe('finding points', () => {
  it('finds the nearest one within reach, of those that count', () => {
    expect(nearestPoint(square, { x: 0.9, y: 0.9 }, 0.5, all)).toBe(2);
    expect(nearestPoint(square, { x: 0.9, y: 0.9 }, 0.05, all)).toBeNull();
    expect(nearestPoint(square, { x: 0.9, y: 0.9 }, 2, (index) => index !== 2)).toBe(4);
  });

  it('finds the nearest one in a direction', () => {
    expect(nearestTowards(square, 0, { x: 1, y: 0 }, all)).toBe(1);
    expect(nearestTowards(square, 1, { x: 1, y: 0 }, all)).toBeNull();
    expect(nearestTowards(square, 2, { x: 0, y: -1 }, (index) => index !== 4)).toBe(1);
  });

  it('finds those inside a line that is not convex', () => {
    const hook = [
      { x: -2, y: -2 },
      { x: 2, y: -2 },
      { x: 2, y: 2 },
      { x: 0.5, y: 2 },
      { x: 0.5, y: -0.5 },
      { x: -2, y: -0.5 },
    ];
    expect(pointsInside(square, hook, all)).toEqual([0, 1, 2]);
    expect(pointsInside(square, hook.slice(0, 2), all)).toEqual([]);
  });
});

it('values are looked up by id, those of unknown pictures are unlabelled', () => {
  const ids = Uint32Array.of(2, 5, 9);
  const values = {
    ids: Uint32Array.of(1, 2, 9, 11),
    labels: Int8Array.of(0, 1, -1, 0),
    probabilities: Float32Array.of(NaN, NaN, 0.75, 0.5),
  };
  const found = valuesOf(ids, values);
  expect([...found.labels]).toEqual([1, -2, -1]);
  expect([...found.probabilities]).toEqual([NaN, NaN, 0.75]);
  expect([...maskOf(ids, [9, 3, 2])]).toEqual([1, 0, 1]);
  expect(indexOfId(ids, 5)).toBe(1);
  expect(indexOfId(ids, 10)).toBeNull();
});

it('selected points are drawn last, those that are not listed first and faint', () => {
  const look = (level: number): Look => ({ colour: [10, 20, 30, 255], shape: 'disc', level });
  const levels = [3, 1, 2, 1];
  const looks = looksOf(
    4,
    (index) => look(levels[index]!),
    (index) => index !== 0,
    (index) => index === 1,
  );
  expect([...looks.order]).toEqual([0, 3, 2, 1]);
  expect(looks.colours[3]).toBeLessThan(60);
  expect(looks.colours[7]).toBe(255);
});

it('thumbnails appear zoomed in, none covers another, and moving the map keeps them', () => {
  const points = Float32Array.from({ length: 400 }, (_, at) => Math.sin(at * 12.9898) * 10);
  const whole = fitted(points, frame);
  expect(tilesIn(points, whole, frame, whole.scale, all)).toEqual([]);
  const near = zoomedAt(whole, 4, { x: 400, y: 200 }, frame, whole);
  const tiles = tilesIn(points, near, frame, whole.scale, all);
  expect(tiles.length).toBeGreaterThan(10);
  for (const [index, one] of tiles.entries()) {
    for (const other of tiles.slice(index + 1)) {
      const apart = Math.max(Math.abs(one.x - other.x), Math.abs(one.y - other.y)) * near.scale;
      expect(apart).toBeGreaterThanOrEqual(60);
    }
  }
  const moved = tilesIn(points, pannedBy(near, { x: 15, y: 0 }), frame, whole.scale, all);
  const places = new Map(moved.map(({ index, x, y }) => [index, `${x} ${y}`]));
  const kept = tiles.filter(({ index, x, y }) => places.get(index) === `${x} ${y}`);
  expect(kept.length).toBeGreaterThan(tiles.length * 0.7);
});
