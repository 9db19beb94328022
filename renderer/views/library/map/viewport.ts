/** The part of the map that is shown: `x` and `y` are what is in the middle, `scale` is pixels a unit; y points up. */
export interface Viewport {
  x: number;
  y: number;
  scale: number;
}

export interface Size {
  width: number;
  height: number;
}

export interface Point {
  x: number;
  y: number;
}

/** Share of the frame that the map leaves free around its points. */
const MARGIN = 0.06;
/** How far one can zoom in from the whole map. */
export const MOST_ZOOM = 400;
const LEAST_ZOOM = 0.5;

/**
 * Shows all points.
 *
 * @param points [count, 2]
 */
export function fitted(points: Float32Array, { width, height }: Size): Viewport {
  let [left, right, bottom, top] = [Infinity, -Infinity, Infinity, -Infinity];
  for (let at = 0; at < points.length; at += 2) {
    left = Math.min(left, points[at]!);
    right = Math.max(right, points[at]!);
    bottom = Math.min(bottom, points[at + 1]!);
    top = Math.max(top, points[at + 1]!);
  }
  if (points.length === 0) return { x: 0, y: 0, scale: 1 };
  const across = (width * (1 - 2 * MARGIN)) / Math.max(right - left, 1e-9);
  const up = (height * (1 - 2 * MARGIN)) / Math.max(top - bottom, 1e-9);
  return { x: (left + right) / 2, y: (bottom + top) / 2, scale: Math.min(across, up) };
}

/** Where a point of the map is in the frame, from its top left. */
export const toFrame = ({ x, y, scale }: Viewport, { width, height }: Size, at: Point): Point => ({
  x: width / 2 + (at.x - x) * scale,
  y: height / 2 - (at.y - y) * scale,
});

/** Inverse of `toFrame`. */
export const toMap = ({ x, y, scale }: Viewport, { width, height }: Size, at: Point): Point => ({
  x: x + (at.x - width / 2) / scale,
  y: y - (at.y - height / 2) / scale,
});

/** Zooms so that what is at a point of the frame stays there. @param whole the viewport of all points */
export function zoomedAt(view: Viewport, factor: number, at: Point, frame: Size, whole: Viewport): Viewport {
  const wanted = view.scale * factor;
  const scale = Math.max(whole.scale * LEAST_ZOOM, Math.min(whole.scale * MOST_ZOOM, wanted));
  const fixed = toMap(view, frame, at);
  return {
    x: fixed.x - (at.x - frame.width / 2) / scale,
    y: fixed.y + (at.y - frame.height / 2) / scale,
    scale,
  };
}

/** Moves what is shown by pixels of the frame. */
export const pannedBy = (view: Viewport, by: Point): Viewport => ({
  ...view,
  x: view.x - by.x / view.scale,
  y: view.y + by.y / view.scale,
});

/** The viewport nearest to `view` in which a point is at least `inset` pixels from the frame's edge. */
export function revealed(view: Viewport, frame: Size, at: Point, inset = 40): Viewport {
  const { x, y } = toFrame(view, frame, at);
  const into = (value: number, length: number): number =>
    length <= 2 * inset
      ? value - length / 2
      : Math.min(0, value - inset) + Math.max(0, value - length + inset);
  return pannedBy(view, { x: -into(x, frame.width), y: -into(y, frame.height) });
}
