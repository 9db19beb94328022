import type { CheckReport } from '../../shared/library.ts';
import type { Progress } from '../../shared/progress.ts';
import type { Client } from './client.ts';
import type { Notices } from './notices.svelte.ts';

/** The window opens first. */
const QUIET_MS = 3000;

/** Looking after the pictures' files: whether they are there, and where they went. */
export class Checks {
  running = $state(false);
  progress = $state.raw<Progress | null>(null);
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly client: Client,
    private readonly notices: Notices,
  ) {
    client.on('check.progress', (progress) => {
      if (this.running) this.progress = progress;
    });
  }

  /** Looks after a while, as nobody asked for it: what it finds is seen in the Library, and nothing is said of it. */
  open(isProject: boolean): void {
    clearTimeout(this.#timer);
    if (!isProject) return;
    this.#timer = setTimeout(() => {
      if (!this.running) void this.client.call('pictures.check').catch(() => undefined);
    }, QUIET_MS);
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
