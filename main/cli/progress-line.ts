const BAR_WIDTH = 24;
const DRAW_EVERY_MS = 100;
/** In a pipe or log file. */
const LOG_EVERY_MS = 10_000;

/** One line of progress: rewritten in place on a terminal, printed now and then to a pipe or log file. */
export class ProgressLine {
  #isDrawn = false;
  #label = '';
  #shownMs = -Infinity;

  constructor(
    private readonly stream: { isTTY?: boolean; columns?: number },
    private readonly write: (text: string) => void,
  ) {}

  /** @param fraction 0..1, where it is known; the last one (1) and a new label are always shown */
  show(label: string, detail = '', fraction?: number): void {
    const now = performance.now();
    const isTerminal = this.stream.isTTY === true;
    const isDue = now - this.#shownMs >= (isTerminal ? DRAW_EVERY_MS : LOG_EVERY_MS);
    if (!isDue && label === this.#label && fraction !== 1) return;
    this.#shownMs = now;
    this.#label = label;
    const text = `${label} ${detail}`.trimEnd();
    if (isTerminal) {
      const line = fraction === undefined ? text : `${bar(fraction)} ${text}`;
      this.write(`\r\u001b[K${line.slice(0, (this.stream.columns ?? 80) - 1)}`);
      this.#isDrawn = true;
    } else this.write(`${text}\n`);
  }

  /** Removes the line from a terminal, so that other text can be printed there. */
  clear(): void {
    if (this.#isDrawn) this.write('\r\u001b[K');
    this.#isDrawn = false;
  }
}

function bar(fraction: number): string {
  const full = Math.round(fraction * BAR_WIDTH);
  return `[${'█'.repeat(full)}${'·'.repeat(BAR_WIDTH - full)}]`;
}
