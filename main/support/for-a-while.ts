import type { AsyncSteps, Steps } from './steps.ts';

/** Longer turns cost less, and are cut short as soon as something urgent waits. */
const WHILE_MS = 40;

/**
 * Does steps of long work for a short while.
 *
 * @param isUrgent whether something more urgent waits: asked after every step
 * @returns the result of the work; null while steps are left
 */
export async function forAWhile<T>(
  steps: Steps<T> | AsyncSteps<T>,
  isUrgent: () => boolean,
): Promise<{ value: T } | null> {
  const start = performance.now();
  do {
    const step = await steps.next();
    if (step.done) return { value: step.value };
  } while (!isUrgent() && performance.now() - start < WHILE_MS);
  return null;
}
