import type { Client } from './client.ts';
import type { Notices } from './notices.svelte.ts';
import { Task } from './task.svelte.ts';

/** Evaluating a run on the test set. */
export class Evaluations extends Task<'evaluate'> {
  /** The run that is evaluated, or was last. */
  runId = $state<string | null>(null);

  constructor(client: Client, notices: Notices) {
    super(
      client,
      notices,
      'evaluate',
      'A run is being evaluated on the test set. Wait until that is done, or cancel it.',
    );
  }

  open(isProject: boolean): void {
    this.forget();
    this.runId = null;
    if (isProject) void this.#adopt();
  }

  async #adopt(): Promise<void> {
    await this.adopt(
      () => this.client.call('evaluate.state'),
      ({ run }) => {
        this.runId = run;
        return this.client.call('evaluate.result');
      },
    );
  }

  /** What it gave is told with the run, by `runs.changed`. */
  async start(run: string): Promise<void> {
    await this.perform(
      () => {
        this.runId = run;
        return this.client.call('evaluate.start', { run });
      },
      (error) => {
        if (!this.cancelling) this.notices.fail(error);
      },
    );
  }
}
