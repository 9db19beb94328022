import type { Project } from '../../library/folder.ts';
import { entry } from '../../support/entry.ts';
import { ProjectThread } from '../../support/project-thread.ts';
import type { FigureAnswer, FigureAnswers, FigureTask } from './figure-tasks.ts';

/** The thread ends after this time without work. */
const IDLE_MS = 60_000;

/**
 * Computes figures of runs on a thread with its own connection. With 100,000 labelled pictures most of them take longer than
 * main may be blocked.
 *
 * Close it before the project.
 */
export class FigureThread {
  readonly #thread: ProjectThread<FigureTask, FigureAnswer>;

  constructor({ db, ...rest }: Project) {
    this.#thread = new ProjectThread(entry(import.meta.url, './figure-worker.ts'), {
      does: 'computes figures',
      workerData: { ...rest, file: db.name },
      idleMs: IDLE_MS,
    });
  }

  /** @throws TwofoldError the errors of `computeFigure` and `ProjectThread.ask` */
  async ask<Task extends FigureTask>(task: Task): Promise<FigureAnswers[Task['kind']]> {
    return (await this.#thread.ask(task)) as FigureAnswers[Task['kind']];
  }

  close(): Promise<void> {
    return this.#thread.close();
  }
}
