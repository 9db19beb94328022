/** Allows at most `most` events per `everyMs` milliseconds and counts those it holds back. */
export class RateLimit {
  #began = -Infinity;
  #passed = 0;
  #held = 0;

  constructor(
    private readonly most: number,
    private readonly everyMs: number,
  ) {}

  /** Registers an event. @returns whether it passes, and how many were held back since the last that passed */
  take(nowMs = performance.now()): { passes: boolean; held: number } {
    if (nowMs - this.#began >= this.everyMs) {
      this.#began = nowMs;
      this.#passed = 0;
    }
    if (this.#passed >= this.most) {
      this.#held++;
      return { passes: false, held: this.#held };
    }
    this.#passed++;
    const held = this.#held;
    this.#held = 0;
    return { passes: true, held };
  }
}
