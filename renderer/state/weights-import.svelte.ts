import type { ImportWeightsResult } from '../../shared/jobs/import-weights.ts';
import type { Client } from './client.ts';
import type { Notices } from './notices.svelte.ts';
import { Task } from './task.svelte.ts';
import type { TrainForm } from './train-form.svelte.ts';

/** Importing weights from a file; the recipe takes them. */
export class WeightsImports extends Task<'weights'> {
  constructor(
    client: Client,
    notices: Notices,
    private readonly form: TrainForm,
  ) {
    super(client, notices, 'weights', 'Weights are being imported. Wait until that is done, or cancel it.');
  }

  open(isProject: boolean): void {
    this.forget();
    if (isProject) void this.#adopt();
  }

  async #adopt(): Promise<void> {
    const imported = await this.adopt(
      () => this.client.call('weights.state'),
      () => this.client.call('weights.result'),
    );
    await this.#use(imported ?? null);
  }

  async start(file: string): Promise<void> {
    const imported = await this.perform(() => this.client.call('weights.start', { file }));
    await this.#use(imported ?? null);
  }

  async #use(imported: ImportWeightsResult | null): Promise<void> {
    if (imported) await this.notices.attempt(() => this.form.chooseImported(imported.name));
  }
}
