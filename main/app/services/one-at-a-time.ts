import type { TaskState } from '../../../shared/contract/task.ts';
import { TwofoldError } from '../../../shared/errors.ts';

/** Work of which only one may be under way, and which can be cancelled. */
export class OneAtATime<T, Progress = null> {
  #current: { abort: AbortController; result: Promise<T> } | null = null;
  #progress: Progress | null = null;

  /**
   * @param name in words, for the message (`An import`)
   * @param tell told how far the work is
   */
  constructor(
    private readonly name: string,
    private readonly tell: (progress: Progress) => void = () => undefined,
  ) {}

  /** What is under way; null where nothing is. */
  get state(): TaskState<Progress> | null {
    return this.#current && { progress: this.#progress, cancelling: this.#current.abort.signal.aborted };
  }

  /** What comes of the work under way; null where none is. */
  get result(): Promise<T> | null {
    return this.#current?.result ?? null;
  }

  /** @throws TwofoldError `busy` */
  run(work: (signal: AbortSignal, onProgress: (progress: Progress) => void) => Promise<T>): Promise<T> {
    if (this.#current) {
      throw new TwofoldError('busy', `${this.name} is under way. Wait until it is done, or cancel it.`);
    }
    this.#progress = null;
    const abort = new AbortController();
    const result = work(abort.signal, (progress) => {
      this.#progress = progress;
      this.tell(progress);
    }).finally(() => (this.#current = null));
    this.#current = { abort, result };
    return result;
  }

  cancel(): void {
    this.#current?.abort.abort();
  }

  /** Cancels and waits until it has ended. */
  async end(): Promise<void> {
    this.cancel();
    await this.#current?.result.catch(() => undefined);
  }
}
