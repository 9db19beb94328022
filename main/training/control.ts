import { setImmediate as macrotask } from 'node:timers/promises';
import { TwofoldError } from '../../shared/errors.ts';
import type { HeatMapQuestion } from '../../shared/jobs/heat-map.ts';
import type { Ms } from '../../shared/progress.ts';

/**
 * Pauses, stops and cancels a running job. TensorFlow blocks the thread, so messages arrive only between batches, where the
 * job calls `turn()`.
 */
export class JobControl {
  #state: 'running' | 'paused' | 'stopping' = 'running';
  readonly #cancel = new AbortController();
  #wake: (() => void) | undefined;
  #pausedMs = 0;
  #asked: HeatMapQuestion | null = null;

  constructor(private readonly onChange: (state: 'paused' | 'resumed') => void = () => undefined) {}

  /** Aborts when the job is cancelled; for worker tasks and downloads. */
  get signal(): AbortSignal {
    return this.#cancel.signal;
  }

  get stopping(): boolean {
    return this.#state === 'stopping';
  }

  /** Time paused so far, which is not training time. */
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

  /** Asks the job, in place of a question that it has not taken up yet. */
  ask(question: HeatMapQuestion): void {
    this.#asked = question;
    this.#wake?.();
  }

  /** Waits for the next question; null once the job is stopped or cancelled and none is open. */
  async question(): Promise<HeatMapQuestion | null> {
    while (!this.#asked && !this.stopping && !this.signal.aborted) {
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    this.#wake = undefined;
    const question = this.#asked;
    this.#asked = null;
    return question;
  }

  /**
   * Receives messages and waits while the job is paused.
   *
   * @returns false if the job should stop and keep its result so far
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
