import { monitorEventLoopDelay } from 'node:perf_hooks';

/** Sampling interval. */
const RESOLUTION_MS = 10;
const NS_PER_MS = 1e6;

/** Measures delays of the main process's event loop. */
export class LoopDelays {
  readonly #histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });

  start(): void {
    this.#histogram.enable();
  }

  /** Delays since the start or the last reset. The histogram includes its sampling interval, which is subtracted. */
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
