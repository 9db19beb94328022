import type { PropertyOfClass } from '../../shared/properties.ts';
import type { Recipe } from '../../shared/recipe.ts';
import type { SplitCounts } from '../../shared/split.ts';
import type { Project } from '../library/folder.ts';
import { entry } from '../support/entry.ts';
import { ProjectThread } from '../support/project-thread.ts';
import type { TrainingPlan } from './grouped-split.ts';
import { listsOf, type PlanAnswers, type PlanTask } from './split-tasks.ts';

/** The thread ends after this time without work. */
const IDLE_MS = 20_000;

/**
 * Plans and counts splits, and finds properties that separate the classes, on a thread with its own connection, since these
 * take so long at 100,000 pictures that main would not respond. A plan comes in pages for the same reason.
 *
 * Close it before the project.
 */
export class SplitPlanner {
  readonly #thread: ProjectThread<PlanTask, PlanAnswers[PlanTask['kind']]>;

  constructor({ db, ...rest }: Project) {
    this.#thread = new ProjectThread(entry(import.meta.url, './split-worker.ts'), {
      does: 'plans the split',
      workerData: { ...rest, file: db.name },
      idleMs: IDLE_MS,
    });
  }

  /** @throws TwofoldError the errors of `countSplit` and `ProjectThread.ask` */
  count(recipe: Recipe): Promise<SplitCounts> {
    return this.#ask({ kind: 'count', recipe });
  }

  /** @throws TwofoldError the errors of `planSplit` and `ProjectThread.ask` */
  async plan(recipe: Recipe): Promise<TrainingPlan> {
    const plan = await this.#ask({ kind: 'plan', recipe });
    for (const [list, rows] of listsOf(plan).entries()) {
      for (;;) {
        const page = await this.#ask({ kind: 'page', list, from: rows.length });
        if (page.length === 0) break;
        for (const row of page) rows.push(row);
      }
    }
    return plan;
  }

  /** See `propertiesOfClasses`. @throws TwofoldError the errors of `ProjectThread.ask` */
  properties(): Promise<PropertyOfClass[]> {
    return this.#ask({ kind: 'properties' });
  }

  async #ask<Task extends PlanTask>(task: Task): Promise<PlanAnswers[Task['kind']]> {
    return (await this.#thread.ask(task)) as PlanAnswers[Task['kind']];
  }

  close(): Promise<void> {
    return this.#thread.close();
  }
}
