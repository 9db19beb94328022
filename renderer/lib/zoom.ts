/** A picture in its frame: `scale` 1 fits it in; `x` and `y` are how far its middle is from the frame's, in pixels. */
export interface View {
  scale: number;
  x: number;
  y: number;
}

export const FITTED: View = { scale: 1, x: 0, y: 0 };

/** What keys and buttons do with a picture. */
export interface ZoomHandle {
  /** Zooms by a factor, around the middle. */
  by: (factor: number) => void;
  /** Shows the whole picture. */
  fit: () => void;
}

export const ZOOM_STEP = 1.5;

interface Size {
  width: number;
  height: number;
}
interface Point {
  x: number;
  y: number;
}

/** Keeps the enlarged frame over the frame, so that no picture gets lost. */
function within({ scale, x, y }: View, { width, height }: Size): View {
  const limit = (value: number, length: number): number => {
    const most = ((scale - 1) * length) / 2;
    return Math.max(-most, Math.min(most, value)) + 0;
  };
  return { scale, x: limit(x, width), y: limit(y, height) };
}

/**
 * Zooms so that what is at a point stays there, as far as the edges allow.
 *
 * @param at relative to the middle of the frame
 * @param most the largest scale
 */
export function zoomed(view: View, factor: number, at: Point, frame: Size, most: number): View {
  const scale = Math.max(1, Math.min(most, view.scale * factor));
  const ratio = scale / view.scale;
  return within({ scale, x: at.x - (at.x - view.x) * ratio, y: at.y - (at.y - view.y) * ratio }, frame);
}

export function panned(view: View, by: Point, frame: Size): View {
  return within({ scale: view.scale, x: view.x + by.x, y: view.y + by.y }, frame);
}
