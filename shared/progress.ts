export type Ms = number;

/** The progress of long work. `Known` is `number | null` if fraction and total may be unknown. */
export interface Progress<Known extends number | null = number> {
  /** 0..1 */
  fraction: Known;
  done: number;
  total: Known;
  /** Items per second over the last seconds; null until known. */
  perSecond: number | null;
  /** Estimated time left; null until known. */
  leftMs: number | null;
}

/** Most reports per second. */
const MAX_RATE_HZ = 10;
/** The rate is measured over the last seconds, since the speed of work often changes. */
const WINDOW_MS = 8000;

/** Measures progress and throttles it to ten reports a second; the last one is always reported. */
export class ProgressMeter {
  readonly #marks: { at: number; done: number }[] = [];
  #lastReport = -Infinity;
  #lastDone = -1;
  #hasBegun = false;

  constructor(
    readonly total: number,
    private readonly report: (progress: Progress) => void,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.#marks.push({ at: now(), done: 0 });
  }

  /** @param done items finished so far, out of `total` */
  update(done: number): void {
    const at = this.now();
    // The time before the first item, for starting threads and loading files, is not part of the rate.
    if (!this.#hasBegun && done > this.#marks[0]!.done) {
      this.#marks.length = 0;
      this.#hasBegun = true;
    }
    this.#marks.push({ at, done });
    while (this.#marks.length > 2 && at - this.#marks[1]!.at > WINDOW_MS) this.#marks.shift();
    const isDue = at - this.#lastReport >= 1000 / MAX_RATE_HZ || done >= this.total;
    if (!isDue || done === this.#lastDone) return;
    this.#lastReport = at;
    this.#lastDone = done;
    const first = this.#marks[0]!;
    const seconds = (at - first.at) / 1000;
    const perSecond = seconds > 0.2 && done > first.done ? (done - first.done) / seconds : null;
    this.report({
      fraction: this.total > 0 ? Math.min(1, done / this.total) : 1,
      done,
      total: this.total,
      perSecond,
      leftMs: perSecond === null ? null : ((this.total - done) / perSecond) * 1000,
    });
  }

  /** Forgets the rate so far: after a pause, or when the kind of work changes. */
  restart(done: number): void {
    this.#hasBegun = false;
    this.#marks.length = 0;
    this.#marks.push({ at: this.now(), done });
  }
}
