import type { Rectangle } from 'electron';
import { z } from 'zod';

/** Of the page, without title bar and menu. */
export const MIN_SIZE = { width: 800, height: 560 };
const DEFAULT_SIZE = { width: 1280, height: 840 };
/** The part of the title bar that must be on a display, so that the window can be moved. */
const REACHABLE = { width: 120, height: 40 };

export const windowStateSchema = z.object({
  bounds: z
    .object({ x: z.int(), y: z.int(), width: z.int().positive(), height: z.int().positive() })
    .nullable(),
  maximized: z.boolean(),
  fullScreen: z.boolean(),
});
export type WindowState = z.infer<typeof windowStateSchema>;
export const DEFAULT_WINDOW_STATE: WindowState = { bounds: null, maximized: false, fullScreen: false };

/**
 * Bounds of a new window: those it had last, if it can still be reached there; otherwise centred on the first display.
 * Never larger than its display.
 *
 * @param displays work areas, the main display's first; at least one
 */
export function placeWindow(state: WindowState, displays: readonly Rectangle[]): Rectangle {
  const main = displays[0]!;
  const { bounds } = state;
  const home = bounds && displays.find((display) => isReachable(bounds, display));
  const area = home ?? main;
  const width = clamp(bounds?.width ?? DEFAULT_SIZE.width, MIN_SIZE.width, area.width);
  const height = clamp(bounds?.height ?? DEFAULT_SIZE.height, MIN_SIZE.height, area.height);
  if (bounds && home) return { x: bounds.x, y: bounds.y, width, height };
  return {
    x: Math.round(main.x + (main.width - width) / 2),
    y: Math.round(main.y + (main.height - height) / 2),
    width,
    height,
  };
}

function isReachable(bounds: Rectangle, display: Rectangle): boolean {
  const across = Math.min(bounds.x + bounds.width, display.x + display.width) - Math.max(bounds.x, display.x);
  return (
    across >= REACHABLE.width &&
    bounds.y >= display.y &&
    bounds.y + REACHABLE.height <= display.y + display.height
  );
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), Math.max(most, least));
}
