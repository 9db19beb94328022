import type { PictureFilter } from '../../shared/library/query.ts';
import type { Client } from './client.ts';

/** How many pictures a run's filters find; null until it is known. */
export interface RunCounts {
  run: string;
  train: number;
  validation: number;
  wrong: number;
}

/** Counts for the filters that depend on a run. */
export class RunFilterCounts {
  counts = $state.raw<RunCounts | null>(null);
  #asked = 0;

  constructor(private readonly client: Client) {}

  /**
   * @param wrong the filter whose pictures are counted as wrong
   * @param _dependsOn what the counts depend on, so that whoever calls this is called again when it changes
   */
  async refresh(
    run: string | undefined,
    wrong: PictureFilter | undefined,
    _dependsOn: readonly unknown[],
  ): Promise<void> {
    const asked = ++this.#asked;
    if (run === undefined || wrong === undefined) {
      this.counts = null;
      return;
    }
    const filters: PictureFilter[] = [
      { kind: 'split', split: 'train', run },
      { kind: 'split', split: 'validation', run },
      wrong,
    ];
    // A run that was just deleted has no counts.
    const found = await this.client.call('pictures.matches', { filters }).catch(() => null);
    if (asked !== this.#asked) return;
    this.counts = found && { run, train: found[0]!, validation: found[1]!, wrong: found[2]! };
  }
}
