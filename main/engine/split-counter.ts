import type { Recipe } from '../../shared/recipe.ts';
import type { SplitCounts } from '../../shared/split.ts';
import type { Project } from '../library/folder.ts';
import { entry } from '../support/entry.ts';
import { ProjectThread } from '../support/project-thread.ts';

/** The thread ends after this time without work. */
const IDLE_MS = 20_000;

/**
 * Counts splits on a thread with its own connection, since counting takes up to half a second at 100,000 pictures.
 *
 * Close it before the project.
 */
export class SplitCounter {
  readonly #thread: ProjectThread<Recipe, SplitCounts>;

  constructor({ db, ...rest }: Project) {
    this.#thread = new ProjectThread(entry(import.meta.url, './split-worker.ts'), {
      does: 'counts the split',
      workerData: { ...rest, file: db.name },
      idleMs: IDLE_MS,
    });
  }

  /** @throws TwofoldError the errors of `countSplit` and `ProjectThread.ask` */
  count(recipe: Recipe): Promise<SplitCounts> {
    return this.#thread.ask(recipe);
  }

  close(): Promise<void> {
    return this.#thread.close();
  }
}
