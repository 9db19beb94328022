import { cacheDir, type Project } from '../../library/folder.ts';
import { entry } from '../../support/entry.ts';
import { BackgroundTurns } from '../../support/background-turns.ts';
import { ProjectThread } from '../../support/project-thread.ts';
import {
  BACKGROUND,
  PREDICTS_ALL,
  UNPREDICTED,
  type SuggestAnswer,
  type SuggestAnswers,
  type SuggestTask,
} from './suggest-task.ts';

/**
 * A thread with the index and the probe of a project. At 100,000 pictures it takes 307 MB, and a task up to 250 ms, too
 * long to block the main process. Maps, predictions of all pictures and estimates are made in steps between other tasks.
 *
 * Close it before the project.
 */
export class SuggestionThread {
  readonly #thread: ProjectThread<SuggestTask, SuggestAnswer | typeof UNPREDICTED>;
  readonly #turns = new BackgroundTurns();

  constructor(project: Project) {
    this.#thread = new ProjectThread(entry(import.meta.url, './suggest-worker.ts'), {
      does: 'suggests labels',
      workerData: { file: project.db.name, cacheDir: cacheDir(project) },
    });
  }

  /** Runs a task, or one step of it. @throws TwofoldError the errors of `askSession` and `ProjectThread.ask` */
  async ask<T extends SuggestTask>(task: T): Promise<SuggestAnswers[T['kind']]> {
    const run = () => this.#thread.ask(task);
    if (BACKGROUND.has(task.kind)) return (await this.#turns.background(run)) as SuggestAnswers[T['kind']];
    for (;;) {
      if (PREDICTS_ALL.has(task.kind)) while (!(await this.ask({ kind: 'predict' })));
      const answer = await this.#turns.urgent(run);
      if (answer !== UNPREDICTED) return answer as SuggestAnswers[T['kind']];
    }
  }

  close(): Promise<void> {
    return this.#thread.close();
  }
}
