import type { EventPayload } from '../../shared/contract.ts';
import type { ExportFormat, ExportFormatId, ExportReport } from '../../shared/contract/export.ts';
import { toFailure } from '../../shared/errors.ts';
import type { Client } from './client.ts';
import type { Notices } from './notices.svelte.ts';
import type { Runs } from './runs.svelte.ts';

export type Bits = 32 | 16 | 8;
export type ExportChoice = ExportFormatId | 'all';

/** What is exported, how far it is, and what came of it. */
export class Exports {
  formats = $state.raw<readonly ExportFormat[]>([]);
  choice = $state<ExportChoice>('keras');
  bits = $state<Bits>(32);
  link = $state(false);
  running = $state(false);
  cancelling = $state(false);
  progress = $state.raw<EventPayload<'export.progress'> | null>(null);
  /** What was written in this session, latest first. */
  reports = $state.raw<readonly ExportReport[]>([]);
  /** Folder that is there already, and which the person may let us replace. */
  taken = $state.raw<string | null>(null);
  /** Bytes of a model's weights as float32; null while it is not known. */
  modelBytes = $state.raw<number | null>(null);
  #runId = $state<string | null>(null);

  readonly run = $derived.by(
    () => this.runs.usable.find(({ id }) => id === this.#runId) ?? this.runs.usable[0] ?? null,
  );
  readonly needsRun = $derived(
    this.choice === 'all' || this.formats.find(({ id }) => id === this.choice)?.needsRun === true,
  );

  constructor(
    private readonly client: Client,
    private readonly notices: Notices,
    private readonly runs: Runs,
  ) {
    client.on('export.progress', (progress) => {
      if (this.running) this.progress = progress;
    });
  }

  open(): void {
    this.reports = [];
    this.taken = null;
    this.#runId = null;
    this.modelBytes = null;
  }

  /** Called whenever the screen is shown. */
  async load(): Promise<void> {
    if (this.formats.length === 0) this.formats = await this.client.call('export.formats');
    await this.#measure();
  }

  async choose(runId: string): Promise<void> {
    this.#runId = runId;
    await this.#measure();
  }

  async #measure(): Promise<void> {
    const recipe = this.run?.recipe;
    this.modelBytes = null;
    if (!recipe) return;
    const summary = await this.notices.attempt(() => this.client.call('model.summary', { recipe }));
    if (summary) this.modelBytes = summary.totalParameters * Float32Array.BYTES_PER_ELEMENT;
  }

  /** @param out folder to make */
  async start(out: string, force = false): Promise<void> {
    const { choice, bits, link, run } = this;
    this.running = true;
    this.progress = null;
    this.taken = null;
    try {
      const report = await this.client.call('export.start', {
        format: choice,
        run: run?.id ?? null,
        out,
        bits: choice === 'tfjs' ? bits : 32,
        link,
        force,
      });
      this.reports = [report, ...this.reports.filter(({ folder }) => folder !== report.folder)];
    } catch (thrown) {
      if (toFailure(thrown).code === 'exists' && !force) this.taken = out;
      else this.notices.fail(thrown);
    } finally {
      this.running = false;
      this.cancelling = false;
    }
  }

  async cancel(): Promise<void> {
    this.cancelling = true;
    await this.client.call('export.cancel');
  }

  async reveal(path: string): Promise<void> {
    await this.notices.attempt(() => this.client.call('export.reveal', { path }));
  }
}
