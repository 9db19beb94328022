import { cacheDir, type Project } from '../../library/folder.ts';
import { entry } from '../../support/entry.ts';
import { ProjectThread } from '../../support/project-thread.ts';
import type { SuggestAnswer, SuggestAnswers, SuggestTask } from './suggest-task.ts';

/**
 * A thread with the index and the probe of a project. At 100,000 pictures it takes 307 MB, and a task up to 250 ms, too
 * long to block the main process.
 *
 * Close it before the project.
 */
export class SuggestionThread {
  readonly #thread: ProjectThread<SuggestTask, SuggestAnswer>;

  constructor(project: Project) {
    this.#thread = new ProjectThread(entry(import.meta.url, './suggest-worker.ts'), {
      does: 'suggests labels',
      workerData: { file: project.db.name, cacheDir: cacheDir(project) },
    });
  }

  /** Runs a task. @throws TwofoldError the errors of `askSession` and `ProjectThread.ask` */
  async ask<T extends SuggestTask>(task: T): Promise<SuggestAnswers[T['kind']]> {
    return (await this.#thread.ask(task)) as SuggestAnswers[T['kind']];
  }

  close(): Promise<void> {
    return this.#thread.close();
  }
}
