/** Tasks of a thread that others wait for take about this long at most. */
const WHILE_MS = 40;

/**
 * Runs steps of long work for a short while, so that other tasks of a thread need not wait for all of it.
 *
 * @returns the result of the work; null while steps are left
 */
export function forAWhile<T>(steps: Generator<undefined, T>): { value: T } | null {
  const start = performance.now();
  do {
    const step = steps.next();
    if (step.done) return { value: step.value };
  } while (performance.now() - start < WHILE_MS);
  return null;
}
