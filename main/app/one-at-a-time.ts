import { TwofoldError } from '../../shared/errors.ts';

/** Work of which only one may be under way, and which can be cancelled. */
export class OneAtATime<T> {
  #current: { abort: AbortController; result: Promise<T> } | null = null;

  /** @param name in words, for the message (`An import`) */
  constructor(private readonly name: string) {}

  /** What is under way; null where nothing is. */
  get current(): { result: Promise<T>; cancelling: boolean } | null {
    return this.#current && { result: this.#current.result, cancelling: this.#current.abort.signal.aborted };
  }

  /** @throws TwofoldError `busy` */
  run(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    if (this.#current) {
      throw new TwofoldError('busy', `${this.name} is under way. Wait until it is done, or cancel it.`);
    }
    const abort = new AbortController();
    const result = work(abort.signal).finally(() => (this.#current = null));
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
