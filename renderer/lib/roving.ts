/**
 * Where an arrow key moves among marks of a chart, of which one is in the tab order at a time.
 *
 * @returns an index from 0 to `count` - 1; null for other keys
 */
export function movedIndex(key: string, at: number, count: number): number | null {
  const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: count - 1 }[key];
  return to === undefined ? null : Math.max(0, Math.min(count - 1, to));
}
