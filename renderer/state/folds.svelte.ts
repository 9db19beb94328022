import type { Client } from './client.ts';
import type { Notices } from './notices.svelte.ts';
import { Task } from './task.svelte.ts';

/** Predicting labelled pictures out of fold, by heads that are trained like a run's. */
export class Folds extends Task<'folds'> {
  /** The run whose heads are trained, or were last. */
  runId = $state<string | null>(null);
  /** How often it was done since the window was opened. */
  done = $state(0);

  constructor(client: Client, notices: Notices) {
    super(
      client,
      notices,
      'folds',
      'Heads of folds are being trained. Wait until that is done, or cancel it.',
    );
  }

  open(isProject: boolean): void {
    this.forget();
    this.runId = null;
    if (isProject) void this.#adopt();
  }

  async #adopt(): Promise<void> {
    const found = await this.adopt(
      () => this.client.call('folds.state'),
      ({ run }) => {
        this.runId = run;
        return this.client.call('folds.result');
      },
    );
    if (found) this.done++;
  }

  async start(run: string): Promise<void> {
    const found = await this.perform(
      () => {
        this.runId = run;
        return this.client.call('folds.start', { run });
      },
      (error) => {
        if (!this.cancelling) this.notices.fail(error);
      },
    );
    if (found) this.done++;
  }
}
