import { cacheDir, type Project } from '../../library/folder.ts';
import { BackgroundTurns } from '../../support/background-turns.ts';
import { entry } from '../../support/entry.ts';
import { ProjectThread } from '../../support/project-thread.ts';
import {
  BACKGROUND,
  READING,
  URGENT,
  type SuggestAnswer,
  type SuggestAnswers,
  type SuggestTask,
  type SuggestTurn,
} from './suggest-task.ts';
import type { SuggestWorkerData } from './suggest-worker.ts';

/**
 * A thread with the index and the probe of a project: at 100,000 pictures it takes 307 MB, and its tasks up to seconds, too
 * long to block the main process. Strokes overtake all other tasks, which are done in steps of milliseconds.
 *
 * Close it before the project.
 */
export class SuggestionThread {
  readonly #thread: ProjectThread<SuggestTurn, { value: SuggestAnswer } | null>;
  readonly #turns = new BackgroundTurns();
  #tasks = 0;
  #reading: Promise<unknown> = Promise.resolve();
  #isPreparing = false;

  constructor(project: Project) {
    const workerData: SuggestWorkerData = {
      file: project.db.name,
      cacheDir: cacheDir(project),
      urgent: this.#turns.waiting,
    };
    this.#thread = new ProjectThread(entry(import.meta.url, './suggest-worker.ts'), {
      does: 'suggests labels',
      workerData,
    });
  }

  /** Runs a task. @throws TwofoldError the errors of `askSession` and `ProjectThread.ask` */
  async ask<T extends SuggestTask>(task: T): Promise<SuggestAnswers[T['kind']]> {
    if (!READING.has(task.kind)) return (await this.#run(task)) as SuggestAnswers[T['kind']];
    const reading = this.#reading.then(() => this.#run(task));
    this.#reading = reading.catch(() => undefined);
    return (await reading) as SuggestAnswers[T['kind']];
  }

  async #run(task: SuggestTask): Promise<SuggestAnswer> {
    const id = this.#tasks++;
    for (let next: SuggestTask | null = task; ; next = null) {
      const turn = { id, task: next };
      const answer = await this.#inTurn(task, () => this.#thread.ask(turn));
      if (!answer) continue;
      if (task.kind === 'label' || task.kind === 'read') void this.#prepare();
      return answer.value;
    }
  }

  /** Whatever made it fail also fails the next task, whose caller hears of it. */
  async #prepare(): Promise<void> {
    if (this.#isPreparing) return;
    this.#isPreparing = true;
    await this.#run({ kind: 'prepare' }).catch(() => undefined);
    this.#isPreparing = false;
  }

  #inTurn<T>({ kind }: SuggestTask, work: () => Promise<T>): Promise<T> {
    if (URGENT.has(kind)) return this.#turns.urgent(work);
    return BACKGROUND.has(kind) ? this.#turns.background(work) : this.#turns.asked(work);
  }

  close(): Promise<void> {
    return this.#thread.close();
  }
}
