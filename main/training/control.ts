import { setImmediate as macrotask } from 'node:timers/promises';
import { TwofoldError } from '../../shared/errors.ts';
import type { Ms } from '../../shared/jobs.ts';

/**
 * What a person asked of a running job. TensorFlow blocks the thread, so wishes arrive only between batches: the job
 * calls `turn()` there.
 */
export class JobControl {
  #state: 'running' | 'paused' | 'stopping' = 'running';
  readonly #cancel = new AbortController();
  #wake: (() => void) | undefined;
  #pausedMs = 0;

  constructor(private readonly onChange: (state: 'paused' | 'resumed') => void = () => undefined) {}

  /** Aborts when the job is given up; worker tasks and downloads listen to it. */
  get signal(): AbortSignal {
    return this.#cancel.signal;
  }

  get stopping(): boolean {
    return this.#state === 'stopping';
  }

  /** Time spent paused so far; it does not count as training time. */
  get pausedMs(): Ms {
    return this.#pausedMs;
  }

  pause(): void {
    if (this.#state === 'running') this.#state = 'paused';
  }

  resume(): void {
    if (this.#state === 'paused') this.#state = 'running';
    this.#wake?.();
  }

  stop(): void {
    this.#state = 'stopping';
    this.#wake?.();
  }

  cancel(): void {
    this.#cancel.abort();
    this.#wake?.();
  }

  /**
   * Lets messages in, waits while the job is paused, and tells whether to go on.
   *
   * @returns false when the job should stop and keep what it has
   * @throws TwofoldError `cancelled`
   */
  async turn(): Promise<boolean> {
    await macrotask();
    if (this.#state === 'paused') await this.#waitWhilePaused();
    if (this.signal.aborted) throw new TwofoldError('cancelled', 'Cancelled.');
    return !this.stopping;
  }

  async #waitWhilePaused(): Promise<void> {
    const since = performance.now();
    this.onChange('paused');
    while (this.#state === 'paused' && !this.signal.aborted) {
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    this.#wake = undefined;
    this.#pausedMs += performance.now() - since;
    this.onChange('resumed');
  }
}
