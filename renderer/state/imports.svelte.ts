import type { ImportMode, ImportReport } from '../../shared/library/import.ts';
import type { Client } from './client.ts';
import type { Notices } from './notices.svelte.ts';
import { Task } from './task.svelte.ts';

/** The import under way and what came of the last one. */
export class Imports extends Task<'import'> {
  /** Of the last import of this session; the Library shows it until it is dismissed. */
  report = $state.raw<ImportReport | null>(null);

  constructor(client: Client, notices: Notices) {
    super(client, notices, 'import', 'An import is under way. Wait until it is done, or cancel it.');
  }

  /** For another project, or none. What came of an import into the one before is no longer of interest. */
  open(isProject: boolean): void {
    this.forget();
    this.report = null;
    if (isProject) void this.#adopt();
  }

  async #adopt(): Promise<void> {
    const report = await this.adopt(
      () => this.client.call('import.state'),
      () => this.client.call('import.result'),
    );
    if (report) this.report = report;
  }

  /** Imports whatever was dropped or chosen; errors become notices. */
  async start(paths: string[], mode: ImportMode = 'auto'): Promise<void> {
    if (paths.length === 0) return;
    const report = await this.perform(() => {
      this.report = null;
      return this.client.call('import.start', { paths, mode });
    });
    if (report) this.report = report;
  }

  dismiss(): void {
    this.report = null;
  }
}
