import { formatDuration } from '../../shared/format.ts';
import type { Failure } from '../../shared/errors.ts';
import type { Progress } from '../../shared/progress.ts';
import { ProgressLine } from './progress-line.ts';

/**
 * What a command says: sentences and tables for people, or with `--json` one JSON object a line. Results go to standard
 * output; progress and notes go to standard error, so that a pipe carries results only.
 */
export class Output {
  readonly json: boolean;
  /** What the process ends with when no error is thrown. */
  exitCode = 0;
  readonly #onReaderGone = new Set<() => void>();
  /** Streams that can't be written any more. */
  readonly #lost = new Set<NodeJS.WriteStream>();
  readonly #progress = new ProgressLine(process.stderr, (text) => this.#write(process.stderr, text));

  constructor(options: { json: boolean }) {
    this.json = options.json;
    for (const stream of [process.stdout, process.stderr]) {
      stream.on('error', (error: NodeJS.ErrnoException) => this.#lose(stream, error));
    }
  }

  /**
   * Calls `listener` once when the reader of standard output has seen enough (`| head`), soon where it has already.
   *
   * @returns takes the listener away
   */
  onReaderGone(listener: () => void): () => void {
    if (this.#lost.has(process.stdout)) queueMicrotask(listener);
    else this.#onReaderGone.add(listener);
    return () => this.#onReaderGone.delete(listener);
  }

  /** A line for people. */
  line(text = ''): void {
    if (this.json) return;
    this.#progress.clear();
    this.#write(process.stdout, `${text}\n`);
  }

  /** An object for programs. */
  event(event: string, fields: object = {}): void {
    if (!this.json) return;
    this.#write(process.stdout, `${JSON.stringify({ event, ...fields })}\n`);
  }

  /** Something beside the result, for people. */
  note(text: string): void {
    if (this.json) return;
    this.#progress.clear();
    this.#write(process.stderr, `${text}\n`);
  }

  error(failure: Failure): void {
    this.event('error', failure);
    this.note(`Error: ${failure.message}`);
  }

  /** Raw text or bytes as the result itself (CSV). */
  raw(text: string): void {
    this.#progress.clear();
    this.#write(process.stdout, text);
  }

  /**
   * @param stage what is done now
   * @param of in words, for people: which of several things it is done for
   */
  progress(stage: string, progress: Progress, of = ''): void {
    if (this.json) {
      const { fraction, done, total, perSecond, leftMs } = progress;
      this.event('progress', { stage, fraction, done, total, perSecond, leftMs });
      return;
    }
    const label = of === '' ? stage : `${of}: ${stage}`;
    const rate = progress.perSecond === null ? '' : `  ${progress.perSecond.toFixed(1)}/s`;
    const left =
      progress.leftMs === null || progress.fraction >= 1 ? '' : `  ${formatDuration(progress.leftMs)} left`;
    this.#progress.show(label, `${progress.done}/${progress.total}${rate}${left}`, progress.fraction);
  }

  async flush(): Promise<void> {
    this.#progress.clear();
    await Promise.all(
      [process.stdout, process.stderr]
        .filter((stream) => !this.#lost.has(stream))
        .map((stream) => new Promise<void>((done) => void stream.write('', () => done()))),
    );
  }

  #write(stream: NodeJS.WriteStream, text: string): void {
    if (!this.#lost.has(stream)) stream.write(text);
  }

  /** Notes that a stream can't be written. Results that are lost for another reason than a reader who left are a failure. */
  #lose(stream: NodeJS.WriteStream, error: NodeJS.ErrnoException): void {
    if (this.#lost.has(stream)) return;
    this.#lost.add(stream);
    if (stream !== process.stdout) return;
    if (error.code !== 'EPIPE') {
      this.exitCode = 1;
      this.#write(
        process.stderr,
        `Error: The output can’t be written (${error.message}), so it is not complete.\n`,
      );
      return;
    }
    // A command that only prints is done anyway.
    if (this.#onReaderGone.size > 0) this.note('Nobody reads the output any more.');
    for (const listener of [...this.#onReaderGone]) listener();
  }
}
