/** How far one piece of work is, for a person who waits. */
export interface Progress {
  /** Says what is being done now; ends the line of what was done before. */
  stage: (text: string) => void;
  /** `done` of `total` (`total` undefined when unknown), with time left once there is something to go by. */
  update: (done: number, total: number | undefined, unit: Unit) => void;
}

/** What is counted: data, pieces, hundredths, or milliseconds of an estimated time. */
export type Unit = 'bytes' | 'items' | 'percent' | 'ms';

const SHOW_AFTER_MS = 700; // anything quicker needs no bar
const TERMINAL_EVERY_MS = 100;
const LOG_EVERY_MS = 5_000;

const formatBytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

/** `75` → `1 min 15 s`, for time left. */
export function formatSeconds(seconds: number): string {
  const whole = Math.max(1, Math.round(seconds));
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/**
 * Prints progress to `stream`: one line that is rewritten on a terminal, one line every five seconds in a log.
 *
 * @param now clock in milliseconds, replaceable by tests
 */
export class ProgressPrinter implements Progress {
  #stage = '';
  #startedMs = 0;
  #first = 0;
  #shownMs = 0;
  #open = false;

  constructor(
    private readonly stream: { isTTY?: boolean; columns?: number; write: (text: string) => unknown },
    private readonly now: () => number = Date.now,
  ) {}

  stage(text: string): void {
    this.finish();
    this.#stage = text;
    this.#startedMs = this.now();
    this.#first = -1;
    this.#shownMs = this.#startedMs;
    this.#line(`  ${text} …`);
  }

  update(done: number, total: number | undefined, unit: Unit): void {
    const now = this.now();
    // A resumed download starts far from zero: the rate is that of this run.
    if (this.#first < 0) this.#first = done;
    const elapsedMs = now - this.#startedMs;
    const everyMs = this.stream.isTTY === true ? TERMINAL_EVERY_MS : LOG_EVERY_MS;
    if (elapsedMs < SHOW_AFTER_MS || now - this.#shownMs < everyMs) return;
    this.#shownMs = now;
    this.#line(`  ${this.#stage}: ${describe(done, total, unit, done - this.#first, elapsedMs / 1000)}`);
  }

  /** Ends the line that is being rewritten, so that other text starts on its own. */
  finish(): void {
    if (this.#open) this.stream.write('\n');
    this.#open = false;
  }

  #line(text: string): void {
    if (this.stream.isTTY !== true) {
      this.stream.write(`${text}\n`);
      return;
    }
    this.stream.write(`\r\u001b[2K${text.slice(0, (this.stream.columns ?? 80) - 1)}`);
    this.#open = true;
  }
}

/** How an amount is written when there is no whole to compare it with. */
const SHOWN: Record<Unit, (amount: number) => string> = {
  bytes: formatBytes,
  items: String,
  percent: (amount) => `${amount} %`,
  ms: (amount) => `${formatSeconds(amount / 1000)} so far`,
};

function describe(
  done: number,
  total: number | undefined,
  unit: Unit,
  gained: number,
  seconds: number,
): string {
  const show = SHOWN[unit];
  if (total === undefined || total <= 0) return show(done);
  const percent = `${Math.floor((100 * done) / total)} %`;
  const share =
    unit === 'bytes' || unit === 'items' ? `${percent}, ${show(done)} of ${show(total)}` : percent;
  if (gained <= 0 || done >= total) return share;
  return `${share}, ${formatSeconds(((total - done) * seconds) / gained)} left`;
}
