/** Urgent tasks often come in pairs, such as a label and the suggestions in sight: the second should not wait either. */
const QUIET_MS = 100;
/** Background work goes on after this time even if urgent tasks never pause, so that it ends some day. */
const MOST_WAIT_MS = 400;

/**
 * Lets a thread run steps of background work one at a time, and only while no urgent task is waiting or has just ended.
 * A thread runs its tasks in their order, so that an urgent one waits for at most one step.
 */
export class BackgroundTurns {
  #urgent = 0;
  #endedAt = -Infinity;
  #last: Promise<unknown> = Promise.resolve();
  /** Called when an urgent task ends. */
  readonly #waiting = new Set<() => void>();

  /** Runs a task at once. */
  async urgent<T>(task: () => Promise<T>): Promise<T> {
    this.#urgent++;
    try {
      return await task();
    } finally {
      this.#urgent--;
      this.#endedAt = performance.now();
      this.#waiting.forEach((wake) => wake());
    }
  }

  /** Runs a step when it is its turn. */
  background<T>(step: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(async () => {
      await this.#quiet();
      return step();
    });
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async #quiet(): Promise<void> {
    const until = performance.now() + MOST_WAIT_MS;
    for (;;) {
      const now = performance.now();
      const quietAt = this.#urgent > 0 ? Infinity : this.#endedAt + QUIET_MS;
      const wait = Math.min(quietAt, until) - now;
      if (wait <= 0) return;
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          clearTimeout(timer);
          this.#waiting.delete(wake);
          resolve();
        };
        const timer = setTimeout(wake, wait);
        this.#waiting.add(wake);
      });
    }
  }
}
