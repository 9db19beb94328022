import { Piscina } from 'piscina';
import { TwofoldError, unwrap, type Result } from '../../shared/errors.ts';
import type { Recipe } from '../../shared/recipe.ts';
import type { SplitCounts } from '../../shared/split.ts';
import type { Project } from '../library/folder.ts';
import { entry } from '../support/entry.ts';

/** The thread ends after so long without work. */
const IDLE_MS = 20_000;

/**
 * Counts splits on a thread with its own connection: at 100,000 pictures main would be blocked for up to half a second.
 *
 * Close it before the project.
 */
export class SplitCounter {
  readonly #pool: Piscina<Recipe, Result<SplitCounts>>;
  #isClosed = false;

  constructor({ db, ...rest }: Project) {
    const { path, execArgv } = entry(import.meta.url, './split-worker.ts');
    this.#pool = new Piscina({
      filename: path,
      execArgv,
      workerData: { ...rest, file: db.name },
      minThreads: 0,
      maxThreads: 1,
      idleTimeout: IDLE_MS,
      recordTiming: false,
    });
  }

  /**
   * @throws TwofoldError the errors of `countSplit`; `crashed` where the thread ended, `not-found` where it was closed
   */
  async count(recipe: Recipe): Promise<SplitCounts> {
    const answer = await this.#pool.run(recipe).catch((error: unknown) => {
      if (this.#isClosed) throw new TwofoldError('not-found', 'The project was closed.', { cause: error });
      throw new TwofoldError('crashed', `The thread that counts the split ended: ${String(error)}.`, {
        cause: error,
      });
    });
    return unwrap(answer);
  }

  /** Waits for the current count, drops the others, and ends the thread. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#pool.close({ force: true });
  }
}
