import type { CheckReport } from '../../shared/library.ts';
import type { Progress } from '../../shared/progress.ts';
import type { Client } from './client.ts';
import type { Notices } from './notices.svelte.ts';

/** Looking after the pictures' files: whether they are there, and where they went. */
export class Checks {
  running = $state(false);
  progress = $state.raw<Progress | null>(null);

  constructor(
    private readonly client: Client,
    private readonly notices: Notices,
  ) {
    client.on('check.progress', (progress) => {
      if (this.running) this.progress = progress;
    });
  }

  check(): Promise<CheckReport | undefined> {
    return this.#run(() => this.client.call('pictures.check'));
  }

  findAgain(folder: string): Promise<CheckReport | undefined> {
    return this.#run(() => this.client.call('pictures.findAgain', { folder }));
  }

  async cancel(): Promise<void> {
    await this.client.call('pictures.cancelCheck');
  }

  async #run(work: () => Promise<CheckReport>): Promise<CheckReport | undefined> {
    this.running = true;
    this.progress = null;
    try {
      return await this.notices.attempt(work);
    } finally {
      this.running = false;
    }
  }
}
