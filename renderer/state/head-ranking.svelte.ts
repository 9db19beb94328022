import type { Suspect, SuspectList } from '../../shared/contract/suspects.ts';
import type { Client } from './client.ts';
import type { Folds } from './folds.svelte.ts';
import type { Notices } from './notices.svelte.ts';

/** Labels that are likely wrong, ranked by heads like a run's that were trained in 5 folds. */
export class HeadRanking {
  latest = $state.raw<{ run: string; list: SuspectList } | null>(null);

  constructor(
    private readonly client: Client,
    private readonly notices: Notices,
    private readonly folds: Folds,
  ) {}

  forget(): void {
    this.latest = null;
  }

  change(change: (one: Suspect) => Suspect): void {
    if (!this.latest) return;
    const { run, list } = this.latest;
    this.latest = { run, list: { ...list, suspects: list.suspects.map(change) } };
  }

  /**
   * Ranks by heads like a run's.
   *
   * @returns whether their predictions were known or are computed now; null if there is no ranking, which a notice explains
   */
  async rank(run: string): Promise<'known' | 'computed' | null> {
    const known = await this.#ask(run);
    if (known) {
      this.latest = { run, list: known };
      return 'known';
    }
    if (!(await this.folds.start(run, 'quick'))) return null;
    const computed = await this.#ask(run);
    if (computed) {
      this.latest = { run, list: computed };
      return 'computed';
    }
    if (computed === null) {
      this.notices.say('Labels were changed while the heads were trained. Rank by them again.');
    }
    return null;
  }

  /** Undefined after an error. */
  #ask(run: string): Promise<SuspectList | null | undefined> {
    return this.notices.attempt(() => this.client.call('suspects.byHead', { run }));
  }
}
