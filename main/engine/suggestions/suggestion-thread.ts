import { Piscina } from 'piscina';
import { TwofoldError, unwrap, type Result } from '../../../shared/errors.ts';
import { cacheDir, type Project } from '../../library/folder.ts';
import { entry } from '../../support/entry.ts';
import type { SuggestAnswer, SuggestAnswers, SuggestTask } from './suggest-task.ts';

/**
 * A thread with the index and the probe of a project, which runs one task at a time. At 100,000 pictures it takes 307
 * MB, and a task up to 250 ms, too long to block the main process.
 *
 * Close it before the project.
 */
export class SuggestionThread {
  readonly #pool: Piscina<SuggestTask, Result<SuggestAnswer>>;
  #isClosed = false;

  constructor(project: Project) {
    const { path, execArgv } = entry(import.meta.url, './suggest-worker.ts');
    this.#pool = new Piscina({
      filename: path,
      execArgv,
      workerData: { file: project.db.name, cacheDir: cacheDir(project) },
      minThreads: 1,
      maxThreads: 1,
      recordTiming: false,
    });
  }

  /**
   * Runs a task.
   *
   * @throws TwofoldError `crashed` if the thread ended, `not-found` if it was closed; the errors of `askSession`
   */
  async ask<T extends SuggestTask>(task: T): Promise<SuggestAnswers[T['kind']]> {
    const answer = await this.#pool.run(task).catch((error: unknown) => {
      if (this.#isClosed) throw new TwofoldError('not-found', 'The project was closed.', { cause: error });
      throw new TwofoldError('crashed', `The thread that suggests labels ended: ${String(error)}.`, {
        cause: error,
      });
    });
    return unwrap(answer) as SuggestAnswers[T['kind']];
  }

  /** Waits for the current task, drops queued ones, and ends the thread. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#pool.close({ force: true });
  }
}
