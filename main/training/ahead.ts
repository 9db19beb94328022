/**
 * Runs tasks a few steps ahead of whoever consumes their results, in order: the next batches are decoded and augmented on
 * other threads while TensorFlow works on this one.
 *
 * @param tasks each starts its work when called
 * @param depth how many may be under way at once, at least 1
 * @returns the results in the order of the tasks; when the consumer stops early, the tasks under way are awaited
 */
export async function* ahead<T>(tasks: Iterable<() => Promise<T>>, depth: number): AsyncGenerator<T> {
  const waiting: Promise<T>[] = [];
  const iterator = tasks[Symbol.iterator]();
  const startNext = (): void => {
    const next = iterator.next();
    if (next.done) return;
    const started = next.value();
    // A failure is thrown when its turn comes; until then it must not count as unhandled.
    started.catch(() => undefined);
    waiting.push(started);
  };
  try {
    for (let started = 0; started < depth; started++) startNext();
    for (let result = waiting.shift(); result; result = waiting.shift()) {
      const value = await result;
      startNext();
      yield value;
    }
  } finally {
    await Promise.allSettled(waiting);
  }
}
