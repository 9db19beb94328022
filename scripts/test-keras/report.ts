import type { Progress } from '../setup/progress.ts';

/** Collects what held and what did not, and prints a line for each. */
export class Report {
  #failed = 0;
  #passed = 0;

  constructor(private readonly progress: Progress) {}

  /** Says what is being done. */
  stage(text: string): void {
    this.progress.stage(text);
  }

  check(what: string, holds: boolean, detail = ''): void {
    if (holds) this.#passed++;
    else this.#failed++;
    console.log(`${holds ? '✓' : '✗'} ${what}${detail === '' ? '' : `: ${detail}`}`);
  }

  /** What can't be checked here is no failure of what is checked. */
  skip(what: string, reason: string): void {
    console.log(`– ${what} skipped: ${reason.split('\n').at(-1)!}`);
  }

  /** @returns whether everything held */
  finish(): boolean {
    const failed = this.#failed === 0 ? '' : `, ${this.#failed} failed`;
    console.log(`${this.#passed} checks with real Keras passed${failed}`);
    return this.#failed === 0;
  }
}
