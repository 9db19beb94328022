import type { RunCoverage } from '../../shared/library/runs.ts';
import type { Client } from './client.ts';

/** How many pictures the run has predicted by which the Library sorts. */
export class RunCoverageState {
  /** Null until it is known, or where there is no run. */
  known = $state.raw<(RunCoverage & { run: string }) | null>(null);
  /** Whether the run has predicted all pictures, so that its sorts cover them. */
  readonly isComplete = $derived(this.known !== null && this.known.predicted >= this.known.total);
  #asked = 0;

  constructor(private readonly client: Client) {}

  /** @param _dependsOn what the coverage depends on, so that whoever calls this is called again when it changes */
  async refresh(run: string | undefined, _dependsOn: readonly unknown[]): Promise<void> {
    const asked = ++this.#asked;
    if (run !== this.known?.run) this.known = null;
    if (run === undefined) return;
    // A run that was just deleted has none.
    const found = await this.client.call('insight.coverage', { run }).catch(() => null);
    if (asked === this.#asked) this.known = found && { run, ...found };
  }
}
