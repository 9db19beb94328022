/** Lets so many through in each stretch of time, and counts the others. */
export class RateLimit {
  #began = -Infinity;
  #passed = 0;
  #held = 0;

  constructor(
    private readonly most: number,
    private readonly everyMs: number,
  ) {}

  /** @returns whether one may pass now, and how many were held back since the last that did */
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
