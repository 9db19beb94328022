import { expect, test } from 'vitest';
import { FITTED, panned, zoomed, type View } from '../../../renderer/lib/zoom.ts';

const FRAME = { width: 800, height: 600 };
/** Where a point of the fitted picture is on the screen, relative to the middle of the frame. */
const onScreen = ({ scale, x, y }: View, point: { x: number; y: number }) => ({
  x: point.x * scale + x,
  y: point.y * scale + y,
});

test('what is under the pointer stays there', () => {
  const at = { x: 120, y: -80 };
  const twice = zoomed(FITTED, 2, at, FRAME, 8);
  expect(twice.scale).toBe(2);
  expect(onScreen(twice, at)).toEqual(at);
  const more = zoomed(twice, 1.5, { x: -50, y: 10 }, FRAME, 8);
  const before = { x: (-50 - twice.x) / 2, y: (10 - twice.y) / 2 };
  expect(onScreen(more, before).x).toBeCloseTo(-50, 9);
  expect(onScreen(more, before).y).toBeCloseTo(10, 9);
});

test('is never smaller than fitted nor larger than the limit, and fitted it is in the middle', () => {
  const large = zoomed(FITTED, 100, { x: 300, y: 200 }, FRAME, 8);
  expect(large.scale).toBe(8);
  expect(zoomed(large, 0.001, { x: -300, y: 0 }, FRAME, 8)).toEqual(FITTED);
});

test('can be dragged only as far as its edges', () => {
  const twice = zoomed(FITTED, 2, { x: 0, y: 0 }, FRAME, 8);
  expect(panned(twice, { x: 30, y: -20 }, FRAME)).toEqual({ scale: 2, x: 30, y: -20 });
  expect(panned(twice, { x: 9999, y: -9999 }, FRAME)).toEqual({ scale: 2, x: 400, y: -300 });
  expect(panned(FITTED, { x: 50, y: 50 }, FRAME)).toEqual(FITTED);
});
