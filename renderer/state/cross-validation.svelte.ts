import type { StoredCrossValidation } from '../../shared/cross-validation.ts';
import type { Recipe } from '../../shared/recipe.ts';
import type { Client } from './client.ts';
import type { Notices } from './notices.svelte.ts';
import { Task } from './task.svelte.ts';

/** Cross-validating a recipe, and the latest figures of the project. */
export class CrossValidation extends Task<'cross'> {
  /** Null before the first. */
  latest = $state.raw<StoredCrossValidation | null>(null);

  constructor(client: Client, notices: Notices) {
    super(
      client,
      notices,
      'cross',
      'A recipe is being cross-validated. Wait until that is done, or cancel it.',
    );
  }

  open(isProject: boolean): void {
    this.forget();
    this.latest = null;
    if (isProject) void this.#adopt();
  }

  async #adopt(): Promise<void> {
    const known = await this.notices.read(() => this.client.call('cross.latest'));
    this.latest ??= known ?? null;
    const found = await this.adopt(
      () => this.client.call('cross.state'),
      () => this.client.call('cross.result'),
    );
    this.latest = found ?? this.latest;
  }

  async start(recipe: Recipe, folds: number): Promise<void> {
    const found = await this.perform(
      () => this.client.call('cross.start', { recipe, folds }),
      (error) => {
        if (!this.cancelling) this.notices.fail(error);
      },
    );
    this.latest = found ?? this.latest;
  }
}
