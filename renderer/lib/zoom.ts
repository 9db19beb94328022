/** A picture in its frame: `scale` 1 fits it in; `x` and `y` are how far its middle is from the frame's, in pixels. */
export interface View {
  scale: number;
  x: number;
  y: number;
}

export const FITTED: View = { scale: 1, x: 0, y: 0 };

/** What keys and buttons do with a picture, or the map. */
export interface ZoomHandle {
  /** Zooms by a factor, around the middle. */
  by: (factor: number) => void;
  /** Shows the whole picture. */
  fit: () => void;
}

/** What they do with a picture that is larger than its frame. */
export interface PictureZoom extends ZoomHandle {
  /** Moves the frame over the picture, by shares of the frame's sides: 1 to the right, down. */
  pan: (right: number, down: number) => void;
}

export const ZOOM_STEP = 1.5;

/** Share of the frame that a key moves. */
const PAN_STEP = 0.2;

const PANS: Partial<Record<string, readonly [right: number, down: number]>> = {
  ArrowLeft: [-PAN_STEP, 0],
  ArrowRight: [PAN_STEP, 0],
  ArrowUp: [0, -PAN_STEP],
  ArrowDown: [0, PAN_STEP],
};

/**
 * Zooms by + and −, fits by a key, and pans by the arrow keys with Shift; without it they show other pictures.
 *
 * @param key as `keyOf` names it
 * @returns whether the key means that
 */
export function zoomByKey(key: string, shift: boolean, zoom: PictureZoom | null, fit: string): boolean {
  const by = shift ? PANS[key] : undefined;
  if (by) zoom?.pan(...by);
  else if (key === '+' || key === '=') zoom?.by(ZOOM_STEP);
  else if (key === '-') zoom?.by(1 / ZOOM_STEP);
  else if (key === fit && !shift) zoom?.fit();
  else return false;
  return true;
}

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
