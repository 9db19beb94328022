import { Piscina } from 'piscina';
import { TwofoldError, unwrap, type Result } from '../../shared/errors.ts';
import type { Entry } from './entry.ts';

export interface ThreadOptions {
  /** For messages: `suggests labels`. */
  does: string;
  workerData: object;
  /** The thread ends after this time without work, and starts again with the next task. Default: it keeps running. */
  idleMs?: number;
}

/** A thread of an open project, which runs one task at a time. Close it before the project. */
export class ProjectThread<Task, Answer> {
  readonly #pool: Piscina<Task, Result<Answer>>;
  readonly #does: string;
  #isClosed = false;

  /** @param entry module whose default export runs a task and returns a `Result` */
  constructor({ path, execArgv }: Entry, { does, workerData, idleMs }: ThreadOptions) {
    this.#does = does;
    this.#pool = new Piscina({
      filename: path,
      execArgv,
      workerData,
      minThreads: idleMs === undefined ? 1 : 0,
      maxThreads: 1,
      ...(idleMs !== undefined && { idleTimeout: idleMs }),
      recordTiming: false,
    });
  }

  /** Runs a task. @throws TwofoldError `crashed` if the thread ended, `not-found` if it was closed; the task's errors */
  async ask(task: Task): Promise<Answer> {
    // The pool would start another thread for it.
    if (this.#isClosed) throw projectClosed();
    const answer = await this.#pool.run(task).catch((cause: unknown) => {
      if (this.#isClosed) throw projectClosed(cause);
      throw new TwofoldError('crashed', `The thread that ${this.#does} ended: ${String(cause)}.`, { cause });
    });
    return unwrap(answer);
  }

  /** Waits for the current task, drops queued ones, and ends the thread. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#pool.close({ force: true });
  }
}

export function projectClosed(cause?: unknown): TwofoldError {
  return new TwofoldError('not-found', 'The project was closed.', { cause });
}
