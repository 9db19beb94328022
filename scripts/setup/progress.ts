import { ProgressLine } from '../../main/cli/progress-line.ts';
import { formatBytes, formatDuration, formatLeft } from '../../shared/format.ts';
import { ProgressMeter } from '../../shared/progress.ts';

/** Reports the progress of one piece of work. */
export interface Progress {
  /** Names what is being done now. */
  stage: (text: string) => void;
  /** @param total undefined when unknown */
  update: (done: number, total: number | undefined, unit: Unit) => void;
}

export type Unit = 'bytes' | 'items' | 'percent';

const FORMATS: Record<Unit, (done: number, total?: number) => string> = {
  bytes: (done, total) =>
    total === undefined ? formatBytes(done) : `${formatBytes(done)} of ${formatBytes(total)}`,
  items: (done, total) => (total === undefined ? String(done) : `${done}/${total}`),
  percent: (done) => `${Math.floor(done)}%`,
};

/** Prints progress to `stream`, with the time left if known, otherwise with the time elapsed. */
export class ProgressPrinter implements Progress {
  readonly #line: ProgressLine;
  #stage = '';
  #meter: ProgressMeter | undefined;
  #clock: NodeJS.Timeout | undefined;

  constructor(stream: { isTTY?: boolean; columns?: number; write: (text: string) => unknown }) {
    this.#line = new ProgressLine(stream, (text) => stream.write(text));
  }

  stage(text: string): void {
    this.finish();
    this.#stage = text;
    this.#line.show(text);
    const startedMs = performance.now();
    this.#clock = setInterval(
      () => this.#line.show(text, formatDuration(performance.now() - startedMs)),
      1000,
    );
    this.#clock.unref();
  }

  update(done: number, total: number | undefined, unit: Unit): void {
    clearInterval(this.#clock);
    if (total === undefined) {
      this.#line.show(this.#stage, FORMATS[unit](done));
      return;
    }
    this.#meter ??= new ProgressMeter(total, ({ done, fraction, leftMs }) => {
      const left = leftMs === null || fraction >= 1 ? '' : `, ${formatLeft(leftMs)}`;
      this.#line.show(this.#stage, `${FORMATS[unit](done, total)}${left}`, fraction);
    });
    this.#meter.update(done);
  }

  /** Removes the line from a terminal, so that other text can be printed there. */
  finish(): void {
    clearInterval(this.#clock);
    this.#meter = undefined;
    this.#line.clear();
  }
}
