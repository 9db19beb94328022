import type { Progress } from '../setup/progress.ts';

/** Counts and prints the results of checks. */
export class Report {
  #failed = 0;
  #passed = 0;

  constructor(private readonly progress: Progress) {}

  stage(text: string): void {
    this.progress.stage(text);
  }

  check(what: string, passed: boolean, detail = ''): void {
    if (passed) this.#passed++;
    else this.#failed++;
    console.log(`${passed ? '✓' : '✗'} ${what}${detail === '' ? '' : `: ${detail}`}`);
  }

  /** A check that can't run here is not a failure. */
  skip(what: string, reason: string): void {
    console.log(`– ${what} skipped: ${reason.split('\n').at(-1)!}`);
  }

  /** Prints the totals. @returns whether every check passed */
  finish(): boolean {
    const failed = this.#failed === 0 ? '' : `, ${this.#failed} failed`;
    console.log(`${this.#passed} checks with real Keras passed${failed}.`);
    return this.#failed === 0;
  }
}
