import { toFailure } from '../../shared/errors.ts';
import type { Recipe } from '../../shared/recipe.ts';
import type { SplitCounts } from '../../shared/split.ts';
import type { Client } from './client.ts';

/** Labels and recipe change often while a person works. */
const SETTLE_MS = 200;

/** How the pictures would be split for a run with the recipe. */
export class TrainSplit {
  /** Null until they are known, and where the pictures can't be split. */
  counts = $state.raw<SplitCounts | null>(null);
  /** Why they can't be split. */
  error = $state<string | null>(null);
  /** Whether what is shown is about to be replaced. */
  isStale = $state(false);
  #wanted: Recipe | null = null;
  /** Counts up with whatever outdates an answer. */
  #turn = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isAsking = false;

  constructor(private readonly client: Client) {}

  /** For another project, or none. */
  open(): void {
    clearTimeout(this.#timer);
    this.#turn++;
    this.#wanted = null;
    this.counts = null;
    this.error = null;
    this.isStale = false;
  }

  /**
   * Counts again, soon.
   *
   * @param _dependsOn what else the counts depend on, so that whoever calls this is called again when it changes
   */
  refresh(recipe: Recipe | null, _dependsOn: readonly unknown[]): void {
    clearTimeout(this.#timer);
    this.#turn++;
    this.#wanted = recipe;
    if (!recipe) return;
    this.isStale = true;
    this.#timer = setTimeout(() => void this.#ask(), SETTLE_MS);
  }

  #take(): Recipe | null {
    const wanted = this.#wanted;
    this.#wanted = null;
    return wanted;
  }

  /** One question at a time; of those that came meanwhile, the last one is asked next. */
  async #ask(): Promise<void> {
    if (this.#isAsking) return;
    this.#isAsking = true;
    try {
      for (let recipe = this.#take(); recipe; recipe = this.#take()) {
        const turn = this.#turn;
        const answer = await this.client.call('train.split', { recipe }).then(
          (counts) => ({ counts, error: null }),
          (thrown: unknown) => ({ counts: null, error: toFailure(thrown).message }),
        );
        if (turn !== this.#turn) continue;
        this.counts = answer.counts;
        this.error = answer.error;
        this.isStale = false;
      }
    } finally {
      this.#isAsking = false;
    }
  }
}
