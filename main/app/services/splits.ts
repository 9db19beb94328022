import type { Recipe } from '../../../shared/recipe.ts';
import type { SplitCounts } from '../../../shared/split.ts';
import { SplitCounter } from '../../engine/split-counter.ts';
import type { OpenProject } from './open-project.ts';

/** Counts the split that a new run of the open project would get. */
export class Splits {
  #counter: SplitCounter | null = null;

  constructor(private readonly project: OpenProject) {
    project.beforeClose(async () => {
      const counter = this.#counter;
      this.#counter = null;
      await counter?.close();
    });
  }

  /** @throws TwofoldError the errors of `SplitCounter.count` */
  async count(recipe: Recipe): Promise<SplitCounts> {
    const project = this.project.require();
    this.#counter ??= new SplitCounter(project);
    return this.#counter.count(recipe);
  }
}
