import { describe, expect, it } from 'vitest';
import { DEFAULT_WINDOW_STATE, MIN_SIZE, placeWindow } from '../../../main/app/shell/window-state.ts';

const LAPTOP = { x: 0, y: 25, width: 1440, height: 875 };
const MONITOR = { x: 1440, y: 0, width: 2560, height: 1400 };
const at = (x: number, y: number, width: number, height: number) => ({
  ...DEFAULT_WINDOW_STATE,
  bounds: { x, y, width, height },
});

describe('where the window opens', () => {
  it('is the middle of the first display at the first start', () => {
    const { x, y, width, height } = placeWindow(DEFAULT_WINDOW_STATE, [LAPTOP]);
    expect(x + width / 2).toBeCloseTo(720, 0);
    expect(y + height / 2).toBe(25 + Math.round((875 - height) / 2) + height / 2);
  });

  it('is the last position, on any display', () => {
    expect(placeWindow(at(1600, 100, 1200, 900), [LAPTOP, MONITOR])).toEqual({
      x: 1600,
      y: 100,
      width: 1200,
      height: 900,
    });
  });

  it.each([
    ['its display is unplugged', at(1600, 100, 1200, 800)],
    ['its title bar is above the display', at(100, -300, 1200, 800)],
    ['only a sliver of it is left of the display', at(-1180, 100, 1200, 800)],
  ])('is the middle of the first display when %s', (_why, state) => {
    const { x, y, width, height } = placeWindow(state, [LAPTOP]);
    expect({ x, y }).toEqual({ x: (1440 - width) / 2, y: 25 + Math.round((875 - height) / 2) });
    expect({ width, height }).toEqual({ width: 1200, height: 800 });
  });

  it('is never larger than its display nor smaller than can be used', () => {
    expect(placeWindow(at(0, 25, 5000, 5000), [LAPTOP])).toMatchObject({ width: 1440, height: 875 });
    expect(placeWindow(at(0, 25, 10, 10), [LAPTOP])).toMatchObject(MIN_SIZE);
  });
});
