import { setImmediate as nextTurn } from 'node:timers/promises';

/**
 * Yields all items in batches of at most `atOnce`, with a turn of the event loop between them, so as not to block it.
 */
export async function* inTurns<T>(items: readonly T[], atOnce: number): AsyncGenerator<readonly T[]> {
  for (let start = 0; start < items.length; start += atOnce) {
    if (start > 0) await nextTurn();
    yield items.slice(start, start + atOnce);
  }
}
