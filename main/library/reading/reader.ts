import { entry } from '../../support/entry.ts';
import { projectClosed, ProjectThread } from '../../support/project-thread.ts';
import type { Project } from '../folder.ts';
import { readLibrary, type ReadAnswer, type ReadAnswers, type ReadTask } from './read-task.ts';
import type { Db } from '../database/sql.ts';

/** Delay after opening a project until the thread starts, so as not to slow down the window. */
const START_AFTER_MS = 1500;

/**
 * Runs reads of all pictures one after the other on a thread with its own connection: at 100,000 pictures they take 10
 * to 160 ms, too long to block the main process. Until the thread is up, they run on the calling thread. A read sees
 * everything written before it was requested, since a write is durable when it returns.
 *
 * Close it before the project, so that closing the project can write everything into library.db.
 */
export class LibraryReader {
  readonly #db: Db;
  readonly #starting: NodeJS.Timeout;
  #thread: ProjectThread<ReadTask, ReadAnswer> | null = null;
  #isUp = false;
  #isClosed = false;

  /** @param startAfterMs delay until the thread starts */
  constructor({ db }: Project, startAfterMs = START_AFTER_MS) {
    this.#db = db;
    this.#starting = setTimeout(() => void this.#start(), startAfterMs);
  }

  /** Whether the thread runs the reads. */
  get isUp(): boolean {
    return this.#isUp;
  }

  /**
   * Runs a read: see `readLibrary`.
   *
   * @throws TwofoldError the errors of `readLibrary`; `not-found` if the project was closed meanwhile
   */
  async read<T extends ReadTask>(task: T): Promise<ReadAnswers[T['kind']]> {
    if (this.#isClosed) throw projectClosed();
    const answer = this.#thread && this.#isUp ? this.#thread.ask(task) : readLibrary(this.#db, task);
    return (await answer) as ReadAnswers[T['kind']];
  }

  /** Waits for the current read, drops queued ones, and ends the thread. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#starting);
    await this.#thread?.close();
  }

  async #start(): Promise<void> {
    this.#thread = new ProjectThread(entry(import.meta.url, './read-worker.ts'), {
      does: 'reads the library',
      workerData: { file: this.#db.name },
    });
    try {
      await this.#thread.ask({ kind: 'counts' });
      this.#isUp = true;
    } catch {
      // Reads keep running on the calling thread, which is only less smooth.
    }
  }
}
