import { monitorEventLoopDelay } from 'node:perf_hooks';

/** Main handles menus, calls of the window and labels, so it must not block for long. */
const RESOLUTION_MS = 10;
const NS_PER_MS = 1e6;

/** Watches how long main's event loop is kept from its work. */
export class LoopDelays {
  readonly #histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });

  start(): void {
    this.#histogram.enable();
  }

  /** Since the start, or since the last reset. The histogram counts its own interval in; what is above it is delay. */
  read(reset: boolean): { maxMs: number; p99Ms: number } {
    const delay = (ns: number): number => Math.max(0, ns / NS_PER_MS - RESOLUTION_MS);
    const read = {
      maxMs: delay(this.#histogram.max),
      p99Ms: this.#histogram.count > 0 ? delay(this.#histogram.percentile(99)) : 0,
    };
    if (reset) this.#histogram.reset();
    return read;
  }
}
