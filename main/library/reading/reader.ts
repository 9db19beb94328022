import { Piscina } from 'piscina';
import { TwofoldError, type Result } from '../../../shared/errors.ts';
import type { LibraryCounts, PictureQueryInput } from '../../../shared/library.ts';
import { entry } from '../../support/entry.ts';
import type { Project } from '../folder.ts';
import { readLibrary, type ReadAnswer, type ReadAnswers, type ReadTask } from './read-task.ts';
import type { Db } from '../database/sql.ts';

type ReaderPool = Piscina<ReadTask, Result<ReadAnswer>>;

/** The thread would take a core from the window that opens with the project. */
const START_AFTER_MS = 1500;

/**
 * Reads that go through all pictures of an open project, one after the other on a thread with a connection of its own:
 * at 100,000 pictures they take 10 to 160 ms, in which main would answer nobody. Until the thread is up, main reads by
 * itself. They see whatever was written before they were asked for, since a write is durable when it returns.
 *
 * Close it before the project, so that closing that puts everything into library.db.
 */
export class LibraryReader {
  readonly #db: Db;
  readonly #starting: NodeJS.Timeout;
  #pool: ReaderPool | null = null;
  #isUp = false;
  #isClosed = false;

  /** @param startAfterMs when the thread is started */
  constructor({ db }: Project, startAfterMs = START_AFTER_MS) {
    this.#db = db;
    this.#starting = setTimeout(() => void this.#start(), startAfterMs);
  }

  /** Whether its thread reads; before that main does. */
  get isUp(): boolean {
    return this.#isUp;
  }

  /** As `listPictureIds`. @throws TwofoldError as it does; `not-found` when the project was closed meanwhile */
  async ids(query: PictureQueryInput): Promise<Uint32Array> {
    return (await this.#read({ kind: 'ids', query })) as ReadAnswers['ids'];
  }

  /** As `getCounts`. @throws TwofoldError as `ids` */
  async counts(): Promise<LibraryCounts> {
    return (await this.#read({ kind: 'counts' })) as ReadAnswers['counts'];
  }

  /** Waits for what is being read, drops what is not begun, and ends the thread. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#starting);
    await this.#pool?.close({ force: true });
  }

  async #start(): Promise<void> {
    const { path, execArgv } = entry(import.meta.url, './read-worker.ts');
    const pool: ReaderPool = new Piscina({
      filename: path,
      execArgv,
      workerData: { file: this.#db.name },
      minThreads: 1,
      maxThreads: 1,
      recordTiming: false,
    });
    this.#pool = pool;
    try {
      const { ok } = await pool.run({ kind: 'counts' });
      this.#isUp = ok;
    } catch {
      // Main goes on reading by itself, which only is less smooth.
    }
  }

  async #read(task: ReadTask): Promise<ReadAnswer> {
    if (this.#isClosed) throw closed();
    return this.#pool && this.#isUp ? this.#ask(this.#pool, task) : readLibrary(this.#db, task);
  }

  async #ask(pool: ReaderPool, task: ReadTask): Promise<ReadAnswer> {
    const answer = await pool.run(task).catch((error: unknown) => {
      if (this.#isClosed) throw closed(error);
      throw new TwofoldError('crashed', `A thread that reads the library ended: ${String(error)}.`, {
        cause: error,
      });
    });
    if (answer.ok) return answer.value;
    throw new TwofoldError(answer.error.code, answer.error.message);
  }
}

function closed(cause?: unknown): TwofoldError {
  return new TwofoldError('not-found', 'The project was closed.', { cause });
}
