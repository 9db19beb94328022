import type { ImportMode, ImportProgress, ImportReport } from '../../shared/library.ts';
import type { Client } from './client.ts';
import type { Notices } from './notices.svelte.ts';

/** The import under way and what came of the last one. */
export class Imports {
  running = $state(false);
  cancelling = $state(false);
  progress = $state.raw<ImportProgress | null>(null);
  /** Of the last import of this session; the Library shows it until it is dismissed. */
  report = $state.raw<ImportReport | null>(null);

  constructor(
    private readonly client: Client,
    private readonly notices: Notices,
  ) {
    client.on('import.progress', (progress) => {
      if (this.running) this.progress = progress;
    });
    client.on('project.changed', (project) => {
      if (!project) this.report = null;
    });
  }

  /** Imports whatever was dropped or chosen; errors become notices. */
  async start(paths: string[], mode: ImportMode = 'auto'): Promise<void> {
    if (paths.length === 0) return;
    this.running = true;
    this.progress = null;
    this.report = null;
    try {
      const report = await this.notices.attempt(() => this.client.call('import.start', { paths, mode }));
      this.report = report ?? null;
    } finally {
      this.running = false;
      this.cancelling = false;
    }
  }

  async cancel(): Promise<void> {
    this.cancelling = true;
    await this.client.call('import.cancel');
  }

  dismiss(): void {
    this.report = null;
  }
}
