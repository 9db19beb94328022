import type { ExportFormat, ExportFormatId, ExportReport } from '../../shared/contract/export.ts';
import { toFailure } from '../../shared/errors.ts';
import type { KernelBits } from '../../shared/kernel-bits.ts';
import type { Client } from './client.ts';
import type { Notices } from './notices.svelte.ts';
import type { ProjectState } from './project.svelte.ts';
import { Task } from './task.svelte.ts';

export type ExportChoice = ExportFormatId | 'all';

/** What is exported, how far it is, and what came of it. */
export class Exports extends Task<'export'> {
  formats = $state.raw<readonly ExportFormat[]>([]);
  choice = $state<ExportChoice>('keras');
  bits = $state<KernelBits>(32);
  link = $state(false);
  /** What was written in this session, latest first. */
  reports = $state.raw<readonly ExportReport[]>([]);
  /** Folder that is there already, and which the person may let us replace. */
  taken = $state.raw<string | null>(null);
  /** Bytes of a model's weights as float32; null while it is not known. */
  modelBytes = $state.raw<number | null>(null);
  #asked = 0;

  readonly run = $derived.by(() => this.project.run);
  readonly needsRun = $derived(
    this.choice === 'all' || this.formats.find(({ id }) => id === this.choice)?.needsRun === true,
  );

  constructor(
    client: Client,
    notices: Notices,
    private readonly project: ProjectState,
  ) {
    super(client, notices, 'export', 'An export is under way. Wait until it is done, or cancel it.');
  }

  /** For another project, or none. */
  open(isProject: boolean): void {
    this.forget();
    this.reports = [];
    this.taken = null;
    this.modelBytes = null;
    this.#asked++;
    if (isProject) void this.#adopt();
  }

  async #adopt(): Promise<void> {
    const report = await this.adopt(
      () => this.client.call('export.state'),
      () => this.client.call('export.result'),
    );
    if (report) this.#keep(report);
  }

  /** Called whenever the screen is shown. */
  async load(): Promise<void> {
    if (this.formats.length === 0) this.formats = await this.client.call('export.formats');
    await this.measure();
  }

  /** Reads how large the chosen run's model is. */
  async measure(): Promise<void> {
    const recipe = this.run?.recipe;
    const asked = ++this.#asked;
    this.modelBytes = null;
    if (!recipe) return;
    const summary = await this.notices.read(() => this.client.call('model.summary', { recipe }));
    // Another run was chosen meanwhile, or another project opened.
    if (!summary || asked !== this.#asked) return;
    this.modelBytes = summary.totalParameters * Float32Array.BYTES_PER_ELEMENT;
  }

  /** @param out folder to make */
  async start(out: string, force = false): Promise<void> {
    const { choice, bits, link, run } = this;
    const report = await this.perform(
      () => {
        this.taken = null;
        return this.client.call('export.start', {
          format: choice,
          run: run?.id ?? null,
          out,
          bits: choice === 'tfjs' ? bits : 32,
          link,
          force,
        });
      },
      (thrown) => {
        if (toFailure(thrown).code === 'exists' && !force) this.taken = out;
        else this.notices.fail(thrown);
      },
    );
    if (report) this.#keep(report);
  }

  #keep(report: ExportReport): void {
    this.reports = [report, ...this.reports.filter(({ folder }) => folder !== report.folder)];
  }

  async reveal(path: string): Promise<void> {
    await this.notices.attempt(() => this.client.call('export.reveal', { path }));
  }
}
