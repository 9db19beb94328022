/** Counts the window's frames until `frames()` is called in the page, which gives their times. */
export const COUNT_FRAMES = `(() => {
  const at = [];
  let running = true;
  const step = (now) => { if (running) { at.push(now); requestAnimationFrame(step); } };
  requestAnimationFrame(step);
  globalThis.frames = () => { running = false; return at; };
})()`;

export interface FrameTimes {
  frames: number;
  /** Of all frames that there should have been, in percent: one that is late by a whole frame or more has dropped it. */
  droppedPercent: number;
  perSecond: number;
  longestMs: number;
}

/** @param at when each frame was shown, in milliseconds */
export function frameTimes(at: readonly number[]): FrameTimes {
  const gaps = at.slice(1).map((time, index) => time - at[index]!);
  const seconds = (at.at(-1)! - at[0]!) / 1000;
  const interval = 1000 / 60;
  const missed = gaps.reduce((sum, gap) => sum + Math.max(0, Math.round(gap / interval) - 1), 0);
  return {
    frames: at.length,
    droppedPercent: (100 * missed) / (gaps.length + missed),
    perSecond: gaps.length / seconds,
    longestMs: Math.max(...gaps),
  };
}
