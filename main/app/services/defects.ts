import type { WindowError } from '../../../shared/contract/system.ts';
import { logError, logWarning } from '../../log/log.ts';
import { RateLimit } from '../../log/rate-limit.ts';

/** At most this many errors are logged per period, so that a repeating error does not fill the log. */
const MOST = 20;
const EVERY_MS = 60_000;

/** Logs uncaught errors of main and the window, and notifies the person. */
export class Defects {
  readonly #limits = { main: new RateLimit(MOST, EVERY_MS), window: new RateLimit(MOST, EVERY_MS) };

  /** @param tell called after each logged error, except those that the window shows itself */
  constructor(private readonly tell: () => void) {}

  /** An error in main. */
  note(source: string, thrown: unknown): void {
    if (!this.#passes('main')) return;
    logError(source, thrown);
    this.tell();
  }

  /** An error reported by the window. An error of kind `place` is already shown in that place. */
  noteWindow({ kind, text }: WindowError): void {
    if (!this.#passes('window')) return;
    logError(`window, ${kind}`, text);
    if (kind !== 'place') this.tell();
  }

  #passes(where: 'main' | 'window'): boolean {
    const { passes, held } = this.#limits[where].take();
    if (passes && held > 0) logWarning('log', `${held} more errors were not logged.`);
    return passes;
  }
}
