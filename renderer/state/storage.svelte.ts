import type { StorageState } from '../../shared/contract/storage.ts';
import { toFailure } from '../../shared/errors.ts';
import type { CacheKind } from '../../shared/library/cache.ts';
import type { Client } from './client.ts';
import type { Notices } from './notices.svelte.ts';
import { Task } from './task.svelte.ts';

/** The size of the project's cache, for the dialog that shows it. */
export class Storage extends Task<'storage'> {
  /** Whether the dialog is shown. */
  shown = $state(false);
  /** Null until it was measured. */
  state = $state.raw<StorageState | null>(null);
  /** Why the last change failed, for the dialog, which covers notices. */
  error = $state<string | null>(null);

  constructor(client: Client, notices: Notices) {
    super(
      client,
      notices,
      'storage',
      'Files are already being removed from the cache. Wait until that is done.',
    );
  }

  /** For another project, or none. */
  open(): void {
    this.forget();
    this.shown = false;
    this.state = null;
    this.error = null;
  }

  show(): void {
    this.shown = true;
    this.error = null;
    if (!this.running) void this.#measure();
  }

  async clear(kinds: CacheKind[]): Promise<void> {
    await this.#change(() => this.client.call('storage.clear', { kinds }));
  }

  /** @param limitBytes null: none */
  async setLimit(limitBytes: number | null): Promise<void> {
    await this.#change(() => this.client.call('storage.setLimit', { limitBytes }));
  }

  async #measure(): Promise<void> {
    const state = await this.notices.read(() => this.client.call('storage.measure'));
    if (state && this.shown && !this.running) this.state = state;
  }

  async #change(work: () => Promise<StorageState>): Promise<void> {
    this.error = null;
    const state = await this.perform(work, (thrown) => {
      const { code, message } = toFailure(thrown);
      if (code !== 'cancelled') this.error = message;
    });
    // What was removed before an error or a cancellation is gone too.
    if (state) this.state = state;
    else await this.#measure();
  }
}
