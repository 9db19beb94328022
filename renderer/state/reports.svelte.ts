import type { Client } from './client.ts';
import type { Notices } from './notices.svelte.ts';
import { Task } from './task.svelte.ts';

/** Saving the report of a run. */
export class Reports extends Task<'report'> {
  constructor(client: Client, notices: Notices) {
    super(client, notices, 'report', 'A report is being saved. Wait until that is done, or cancel it.');
  }

  open(isProject: boolean): void {
    this.forget();
    if (isProject) void this.#adopt();
  }

  async #adopt(): Promise<void> {
    this.#say(
      await this.adopt(
        () => this.client.call('report.state'),
        () => this.client.call('report.result'),
      ),
    );
  }

  async save(run: string): Promise<void> {
    this.#say(await this.perform(() => this.client.call('report.save', { run })));
  }

  #say(saved: { path: string } | null | undefined): void {
    if (saved) this.notices.say(`Saved to ${saved.path}`);
  }
}
