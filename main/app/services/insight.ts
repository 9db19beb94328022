import type { InsightSettings, InsightState } from '../../../shared/contract/insight.ts';
import type { LabelResult } from '../../../shared/library/labels.ts';
import { updateSettings } from '../../library/settings.ts';
import type { PicturePool } from '../../pictures/pool.ts';
import type { JobProcess } from '../../training/supervisor.ts';
import { Indexer } from './indexer.ts';
import type { OpenProject } from './open-project.ts';
import { RunPredictions } from './run-predictions.ts';
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
  readonly predictions: RunPredictions;
  readonly #indexer: Indexer;

  constructor(
    private readonly project: OpenProject,
    private readonly options: InsightOptions,
  ) {
    const onChange = (): void => options.emit(this.state);
    const { isBusy, pool, spawn } = options;
    this.suggestions = new Suggestions(project, onChange);
    this.predictions = new RunPredictions(project);
    this.#indexer = new Indexer(project, this.suggestions, this.predictions, {
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

  /** Lets a run suggest classes, which then predicts all pictures; null: suggestions follow the labels so far. */
  async suggestBy(run: string | null): Promise<InsightState> {
    updateSettings(this.project.require().db, { suggestsBy: run });
    if (run !== null) this.predictions.ask(run);
    await this.suggestions.read();
    this.#indexer.wake();
    return this.state;
  }

  /** Lets a run predict all pictures; null stops that. */
  predict(run: string | null): void {
    this.predictions.ask(run);
    this.#indexer.wake();
  }

  /** Call it after a project was opened or its pictures or runs changed. */
  wake(): void {
    this.#indexer.wake();
  }

  /** The index was removed: it is read again, and pictures are indexed again. */
  async forget(): Promise<void> {
    await this.suggestions.close();
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
