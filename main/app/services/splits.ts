import type { PropertyOfClass } from '../../../shared/properties.ts';
import type { Recipe } from '../../../shared/recipe.ts';
import type { SplitCounts } from '../../../shared/split.ts';
import type { TrainingPlan } from '../../engine/grouped-split.ts';
import { SplitPlanner } from '../../engine/split-planner.ts';
import { OfOpenProject } from './of-open-project.ts';
import type { OpenProject } from './open-project.ts';

/** What a new run of the open project would be trained on: its split, and properties that separate the classes. */
export class Splits {
  readonly #planner: OfOpenProject<SplitPlanner>;

  constructor(project: OpenProject) {
    this.#planner = new OfOpenProject(project, (open) => new SplitPlanner(open));
  }

  /** @throws TwofoldError the errors of `SplitPlanner.count` */
  count(recipe: Recipe): Promise<SplitCounts> {
    return this.#planner.require().count(recipe);
  }

  /** @throws TwofoldError the errors of `SplitPlanner.plan` */
  plan(recipe: Recipe): Promise<TrainingPlan> {
    return this.#planner.require().plan(recipe);
  }

  /** Properties that a model may learn instead. @throws TwofoldError the errors of `SplitPlanner.properties` */
  async notableProperties(): Promise<PropertyOfClass[]> {
    return (await this.#planner.require().properties()).filter(({ isNotable }) => isNotable);
  }
}
