import { SvelteMap, SvelteSet } from 'svelte/reactivity';
import type { RunInfo } from '../../shared/contract/train.ts';
import type { SeenEpoch } from '../../shared/live-run.ts';
import type { Client } from './client.ts';
import type { Notices } from './notices.svelte.ts';

/** `Night pictures`, or `Run 3` where it was given no name. */
export const nameOfRun = ({ id, name }: { id: string; name: string }): string =>
  name || `Run ${id.replace(/^r/, '')}`;

/** The runs of the project, which of them is looked at, and which are laid over it. */
export class Runs {
  /** Newest first. */
  list = $state.raw<RunInfo[]>([]);
  loaded = $state(false);
  #selectedId = $state<string | null>(null);
  readonly overlaid = new SvelteSet<string>();
  readonly #epochs = new SvelteMap<string, SeenEpoch[]>();

  readonly selected = $derived(this.list.find(({ id }) => id === this.#selectedId) ?? this.list[0] ?? null);
  /** The run that is being trained, here or by the command line. */
  readonly training = $derived(this.list.find(({ status }) => status === 'running') ?? null);
  /** Runs with a final model. */
  readonly usable = $derived(this.list.filter(({ canPredict }) => canPredict));
  /** The selected run first, then those laid over it. */
  readonly shown = $derived([
    ...(this.selected ? [this.selected] : []),
    ...this.list.filter((run) => run !== this.selected && this.overlaid.has(run.id)),
  ]);

  constructor(
    private readonly client: Client,
    private readonly notices: Notices,
  ) {
    client.on('runs.changed', () => void this.refresh());
  }

  /** Shows the runs of another project; none where there is no project. */
  open(isProject: boolean): void {
    this.list = [];
    this.loaded = false;
    this.#selectedId = null;
    this.overlaid.clear();
    this.#epochs.clear();
    if (isProject) void this.refresh();
  }

  async refresh(): Promise<void> {
    const list = await this.notices.read(() => this.client.call('runs.list'));
    if (!list) return;
    this.list = list;
    this.loaded = true;
    await this.#loadShown();
  }

  select(id: string): void {
    this.#selectedId = id;
    void this.#loadShown();
  }

  /** Lays a run over the selected one, or takes it off again. */
  overlay(id: string, on: boolean): void {
    if (on) this.overlaid.add(id);
    else this.overlaid.delete(id);
    void this.#loadShown();
  }

  epochsOf(id: string): readonly SeenEpoch[] {
    return this.#epochs.get(id) ?? [];
  }

  /** Reads the epochs of a run again, after it went on. */
  async reload(id: string): Promise<readonly SeenEpoch[]> {
    const epochs = await this.notices.read(() => this.client.call('runs.epochs', { run: id }));
    if (epochs) this.#epochs.set(id, epochs);
    return epochs ?? [];
  }

  /** Takes epochs that the window saw itself, with what is not kept of them elsewhere. */
  keep(id: string, epochs: SeenEpoch[]): void {
    this.#epochs.set(id, epochs);
  }

  #loadShown(): Promise<void> {
    return this.load(this.shown.map(({ id }) => id));
  }

  /** Reads the epochs of runs that are not known yet. */
  async load(ids: readonly string[]): Promise<void> {
    await Promise.all(ids.filter((id) => !this.#epochs.has(id)).map((id) => this.reload(id)));
  }

  async rename(run: string, name: string): Promise<void> {
    await this.notices.attempt(() => this.client.call('runs.rename', { run, name }));
  }

  async note(run: string, note: string): Promise<void> {
    await this.notices.attempt(() => this.client.call('runs.note', { run, note }));
  }

  async delete(run: string): Promise<void> {
    await this.notices.attempt(() => this.client.call('runs.delete', { run }));
  }
}
