/** Long work that yields every few milliseconds, so that its thread can do something more urgent in between. */
export type Steps<T> = Generator<undefined, T>;

/** The same for work with files. */
export type AsyncSteps<T> = AsyncGenerator<undefined, T>;

/** Does the work without interruption. */
export function finish<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** Does work with files, with turns of the event loop only where it waits for them. */
export async function finishAsync<T>(steps: Steps<T> | AsyncSteps<T>): Promise<T> {
  for (;;) {
    const step = await steps.next();
    if (step.done) return step.value;
  }
}

/** Calls `visit` for each index below `count`, and yields after every `atOnce` of them. */
export function* eachIndex(count: number, atOnce: number, visit: (index: number) => void): Steps<void> {
  for (let index = 0; index < count; index++) {
    visit(index);
    if (index % atOnce === atOnce - 1) yield;
  }
}

/** Work whose result several others need: whoever waits for it does its next step. */
export class SharedSteps<T> {
  #state: { value: T } | { error: unknown } | null = null;

  constructor(private readonly steps: Steps<T>) {}

  /** @throws what the work threw */
  *wait(): Steps<T> {
    while (!this.#state) {
      try {
        const step = this.steps.next();
        if (step.done) this.#state = { value: step.value };
      } catch (error) {
        this.#state = { error };
      }
      if (!this.#state) yield;
    }
    if ('error' in this.#state) throw this.#state.error;
    return this.#state.value;
  }
}
