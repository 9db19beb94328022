import { TwofoldError } from '../../shared/errors.ts';

/** Work of which only one may be under way, and which can be cancelled. */
export class OneAtATime {
  #abort: AbortController | undefined;
  #running: Promise<unknown> = Promise.resolve();

  /** @param name in words, for the message (`An import`) */
  constructor(private readonly name: string) {}

  /** @throws TwofoldError `busy` */
  run<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    if (this.#abort) {
      throw new TwofoldError('busy', `${this.name} is under way. Wait until it is done, or cancel it.`);
    }
    const abort = new AbortController();
    this.#abort = abort;
    const running = work(abort.signal).finally(() => (this.#abort = undefined));
    this.#running = running.catch(() => undefined);
    return running;
  }

  cancel(): void {
    this.#abort?.abort();
  }

  /** Cancels and waits until it has ended. */
  async end(): Promise<void> {
    this.cancel();
    await this.#running;
  }
}
