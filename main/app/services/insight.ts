import type { InsightSettings, InsightState } from '../../../shared/contract/insight.ts';
import type { LabelResult } from '../../../shared/library/labels.ts';
import type { PicturePool } from '../../pictures/pool.ts';
import type { JobProcess } from '../../training/supervisor.ts';
import { Indexer } from './indexer.ts';
import type { OpenProject } from './open-project.ts';
import { Suggestions } from './suggestions.ts';

export interface InsightOptions {
  settings: { get: () => InsightSettings; set: (settings: InsightSettings) => void };
  /** See `IndexerOptions`. */
  isBusy: () => boolean;
  pool: PicturePool;
  spawn: () => JobProcess;
  emit: (state: InsightState) => void;
}

/** The index of the open project and the suggestions made from it. */
export class Insight {
  readonly suggestions: Suggestions;
  readonly #indexer: Indexer;

  constructor(
    project: OpenProject,
    private readonly options: InsightOptions,
  ) {
    const onChange = (): void => options.emit(this.state);
    const { isBusy, pool, spawn } = options;
    this.suggestions = new Suggestions(project, onChange);
    this.#indexer = new Indexer(project, this.suggestions, {
      settings: options.settings.get,
      isBusy,
      pool,
      spawn,
      onChange,
    });
  }

  get state(): InsightState {
    const { summary, version } = this.suggestions;
    return { settings: this.options.settings.get(), ...this.#indexer.state, summary, version };
  }

  set(change: Partial<InsightSettings>): InsightState {
    const { settings } = this.options;
    settings.set({ ...settings.get(), ...change });
    this.#indexer.wake();
    return this.state;
  }

  /** Call it after a project was opened or its pictures changed. */
  wake(): void {
    this.#indexer.wake();
  }

  labelled(result: LabelResult): void {
    this.suggestions.labelled(result);
  }

  /** See `Indexer.aside`. */
  aside(spawn: () => JobProcess): () => JobProcess {
    return this.#indexer.aside(spawn);
  }
}
