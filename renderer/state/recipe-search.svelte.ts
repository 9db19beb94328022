import type { RecipeSearch } from '../../shared/recipe-search.ts';
import type { Recipe } from '../../shared/recipe.ts';
import type { Client } from './client.ts';
import type { Notices } from './notices.svelte.ts';
import { Task } from './task.svelte.ts';

/** Comparing layers and input sizes on the labelled pictures. */
export class RecipeSearches extends Task<'search'> {
  /** The latest of this project; null before. */
  found = $state.raw<RecipeSearch | null>(null);

  constructor(client: Client, notices: Notices) {
    super(client, notices, 'search', 'Layers are being compared. Wait until that is done, or cancel it.');
  }

  open(isProject: boolean): void {
    this.forget();
    this.found = null;
    if (isProject) void this.#adopt();
  }

  async #adopt(): Promise<void> {
    const found = await this.adopt(
      () => this.client.call('search.state'),
      () => this.client.call('search.result'),
    );
    this.found = found ?? this.found;
  }

  async start(recipe: Recipe): Promise<void> {
    const found = await this.perform(
      () => this.client.call('search.start', { recipe }),
      (error) => {
        if (!this.cancelling) this.notices.fail(error);
      },
    );
    this.found = found ?? this.found;
  }
}
