import type { PropertyOfClass } from '../../../shared/properties.ts';
import type { Recipe } from '../../../shared/recipe.ts';
import type { SplitCounts } from '../../../shared/split.ts';
import type { TrainingPlan } from '../../engine/grouped-split.ts';
import { SplitPlanner } from '../../engine/split-planner.ts';
import type { Project } from '../../library/folder.ts';
import type { OpenProject } from './open-project.ts';

/** What a new run of the open project would be trained on: its split, and properties that separate the classes. */
export class Splits {
  #current: { project: Project; planner: SplitPlanner } | null = null;

  constructor(private readonly project: OpenProject) {
    project.beforeClose(() => this.#close());
  }

  /** @throws TwofoldError the errors of `SplitPlanner.count` */
  count(recipe: Recipe): Promise<SplitCounts> {
    return this.#planner().count(recipe);
  }

  /** @throws TwofoldError the errors of `SplitPlanner.plan` */
  plan(recipe: Recipe): Promise<TrainingPlan> {
    return this.#planner().plan(recipe);
  }

  /** Properties that a model may learn instead. @throws TwofoldError the errors of `SplitPlanner.properties` */
  async notableProperties(): Promise<PropertyOfClass[]> {
    return (await this.#planner().properties()).filter(({ isNotable }) => isNotable);
  }

  #planner(): SplitPlanner {
    const project = this.project.require();
    // A run that was about to start may have asked again while its project was being closed.
    if (this.#current?.project !== project) {
      void this.#close();
      this.#current = { project, planner: new SplitPlanner(project) };
    }
    return this.#current.planner;
  }

  async #close(): Promise<void> {
    const current = this.#current;
    this.#current = null;
    await current?.planner.close();
  }
}
