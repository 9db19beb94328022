import type { CheckedLabel, Suspect } from '../../shared/contract/suspects.ts';
import type { Client } from './client.ts';
import type { Notices } from './notices.svelte.ts';

/** Which labels were checked, kept with the project, so that a queue continues after the app was restarted. */
export class LabelCheckMemory {
  /** Whether it is known what was checked before. */
  #isRestored = false;

  constructor(
    private readonly client: Client,
    private readonly notices: Notices,
  ) {}

  /** For another project, or none. */
  forget(): void {
    this.#isRestored = false;
  }

  /** What was checked before; none where that was read already. */
  async restore(): Promise<readonly CheckedLabel[]> {
    if (this.#isRestored) return [];
    const checked = await this.notices.attempt(() => this.client.call('suspects.checked'));
    // Two may have asked at the same time.
    return checked && this.#isFirst() ? checked : [];
  }

  #isFirst(): boolean {
    const isFirst = !this.#isRestored;
    this.#isRestored = true;
    return isFirst;
  }

  /**
   * A finished queue is not remembered, so that the next one starts at nothing checked.
   *
   * @param left labels of the queue that are not decided
   */
  remember(checked: readonly Suspect[], left: number): void {
    const suspects = left === 0 ? [] : [...checked];
    void this.notices.attempt(() => this.client.call('suspects.setChecked', { suspects }));
  }
}
