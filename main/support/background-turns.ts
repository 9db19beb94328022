/** Urgent tasks often come in pairs, such as a label and the suggestions in sight: the second should not wait either. */
const QUIET_MS = 100;
/** Other work continues after this time even if urgent tasks never pause, so that it ends some day. */
const MOST_WAIT_MS = 400;

/**
 * Gives turns on a thread, which runs its tasks in their order. An urgent task waits for at most one turn of something
 * else, and can cut that short: see `waiting`. Other work comes in turns: what somebody asked for first, what is done in
 * the background while nothing else is.
 */
export class BackgroundTurns {
  /** [1], the number of urgent tasks that have not ended; shared with the thread, whose turns end when it is above 0. */
  readonly waiting = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  #asked = 0;
  /** When an urgent or asked task ended last. */
  #endedAt = -Infinity;
  #lastAsked: Promise<unknown> = Promise.resolve();
  #lastBackground: Promise<unknown> = Promise.resolve();
  /** Called when an urgent or asked task ends. */
  readonly #wakened = new Set<() => void>();

  /** Runs a task at once. */
  async urgent<T>(task: () => Promise<T>): Promise<T> {
    Atomics.add(this.waiting, 0, 1);
    try {
      return await task();
    } finally {
      Atomics.sub(this.waiting, 0, 1);
      this.#end();
    }
  }

  /** Does a step of what somebody waits for: one at a time, while no urgent task is running. */
  asked<T>(step: () => Promise<T>): Promise<T> {
    this.#asked++;
    const turn = this.#lastAsked.then(async () => {
      try {
        await this.#until(() => (this.#isUrgent ? Infinity : -Infinity));
        return await step();
      } finally {
        this.#asked--;
        this.#end();
      }
    });
    this.#lastAsked = turn.catch(() => undefined);
    return turn;
  }

  /** Does a step in the background: one at a time, while nothing else is running or has just ended. */
  background<T>(step: () => Promise<T>): Promise<T> {
    const turn = this.#lastBackground.then(async () => {
      await this.#until(() => (this.#isUrgent || this.#asked > 0 ? Infinity : this.#endedAt + QUIET_MS));
      return step();
    });
    this.#lastBackground = turn.catch(() => undefined);
    return turn;
  }

  get #isUrgent(): boolean {
    return this.waiting[0]! > 0;
  }

  #end(): void {
    this.#endedAt = performance.now();
    this.#wakened.forEach((wake) => wake());
  }

  /** Waits until a time that changes when a task ends, but not for ever. */
  async #until(time: () => number): Promise<void> {
    const latest = performance.now() + MOST_WAIT_MS;
    for (;;) {
      const wait = Math.min(time(), latest) - performance.now();
      if (wait <= 0) return;
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          clearTimeout(timer);
          this.#wakened.delete(wake);
          resolve();
        };
        const timer = setTimeout(wake, wait);
        this.#wakened.add(wake);
      });
    }
  }
}
