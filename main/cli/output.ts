import { formatDuration } from '../../shared/format.ts';
import type { Failure } from '../../shared/errors.ts';
import type { Progress } from '../../shared/progress.ts';
import { logInfo } from '../log/log.ts';
import { ProgressLine } from './progress-line.ts';

/**
 * The output of a command: sentences and tables, or with `--json` one JSON object a line. Results go to standard output;
 * progress and notes go to standard error, so that a pipe carries results only.
 */
export class Output {
  readonly json: boolean;
  /** Of the process, if no error is thrown. */
  exitCode = 0;
  readonly #onReaderGone = new Set<() => void>();
  /** Streams that can no longer be written. */
  readonly #lost = new Set<NodeJS.WriteStream>();
  readonly #progress = new ProgressLine(process.stderr, (text) => this.#write(process.stderr, text));

  constructor(options: { json: boolean }) {
    this.json = options.json;
    for (const stream of [process.stdout, process.stderr]) {
      stream.on('error', (error: NodeJS.ErrnoException) => this.#lose(stream, error));
    }
  }

  /**
   * Calls `listener` once when the reader of standard output has ended (`| head`), soon if it already has.
   *
   * @returns removes the listener
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

  /** A line for people that is not part of the result. */
  note(text: string): void {
    logInfo('command', text);
    if (this.json) return;
    this.#progress.clear();
    this.#write(process.stderr, `${text}\n`);
  }

  error(failure: Failure): void {
    this.event('error', failure);
    this.note(`Error: ${failure.message}`);
  }

  /** The result itself as text, such as CSV. */
  raw(text: string): void {
    this.#progress.clear();
    this.#write(process.stdout, text);
  }

  /**
   * @param stage what is being done
   * @param of what it is done for, if there are several, for people
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

  /** Records that a stream can't be written. Losing results is a failure, unless the reader has ended. */
  #lose(stream: NodeJS.WriteStream, error: NodeJS.ErrnoException): void {
    if (this.#lost.has(stream)) return;
    this.#lost.add(stream);
    if (stream !== process.stdout) return;
    if (error.code !== 'EPIPE') {
      this.exitCode = 1;
      this.#write(
        process.stderr,
        `Error: The output is incomplete, since it can’t be written (${error.message}).\n`,
      );
      return;
    }
    // A command that only prints is done anyway.
    if (this.#onReaderGone.size > 0) this.note('The reader of the output has ended.');
    for (const listener of [...this.#onReaderGone]) listener();
  }
}
