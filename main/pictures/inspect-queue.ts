import type { Result } from '../../shared/errors.ts';
import type { Inspected, InspectOptions } from './tasks.ts';

/** Maximum number of files in a message. A thread returns early, so more would only be sent twice. */
const BATCH = 16;

interface Waiting {
  path: string;
  options: InspectOptions;
  signal: AbortSignal | undefined;
  resolve: (answer: Result<Inspected>) => void;
  reject: (reason: unknown) => void;
}

/**
 * Sends the threads of a pool files to inspect, several in a message, since a message with its answer takes as long as a
 * tenth of a small picture. A thread answers after some milliseconds with what it has done by then, and the rest goes to
 * the thread that is free first: so threads stay equally busy, whatever the size of the pictures.
 */
export class InspectQueue {
  readonly #waiting: Waiting[] = [];
  #underWay = 0;

  /**
   * @param threads messages under way at once
   * @param send inspects the first of the files, at least one; rejects if none could be inspected
   */
  constructor(
    private readonly threads: number,
    private readonly send: (
      paths: string[],
      options: InspectOptions,
      signal: AbortSignal | undefined,
    ) => Promise<Result<Inspected>[]>,
  ) {}

  /** @param options files with the same object share a message */
  add(path: string, options: InspectOptions, signal: AbortSignal | undefined): Promise<Result<Inspected>> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ path, options, signal, resolve, reject });
      this.#start();
    });
  }

  #start(): void {
    while (this.#underWay < this.threads && this.#waiting.length > 0) {
      this.#underWay++;
      void this.#inspect(this.#next());
    }
  }

  /** A fair share of the files that wait, with the same options and signal. */
  #next(): Waiting[] {
    const { options, signal } = this.#waiting[0]!;
    const most = Math.min(BATCH, Math.ceil(this.#waiting.length / this.threads));
    const end = this.#waiting.findIndex(
      (one, index) => index === most || one.options !== options || one.signal !== signal,
    );
    return this.#waiting.splice(0, end < 0 ? most : end);
  }

  async #inspect(batch: Waiting[]): Promise<void> {
    const { options, signal } = batch[0]!;
    try {
      const answers = await this.send(
        batch.map(({ path }) => path),
        options,
        signal,
      );
      for (const [index, answer] of answers.entries()) batch[index]!.resolve(answer);
      this.#waiting.unshift(...batch.slice(answers.length));
    } catch (error) {
      for (const { reject } of batch) reject(error);
    } finally {
      this.#underWay--;
      this.#start();
    }
  }
}
