/* eslint-disable svelte/prefer-svelte-reactivity -- one signal for all that arrive: a signal a picture costs more than it saves */
import { CHECK_KINDS } from '../../shared/checks.ts';
import type { InsightSettings, InsightState, SuggestionEstimates } from '../../shared/contract/insight.ts';
import type { ProjectInfo } from '../../shared/contract/project.ts';
import { MAX_ROWS } from '../../shared/contract/pictures.ts';
import type { ClassIndex } from '../../shared/library/labels.ts';
import { wilson, type Interval } from '../../shared/metrics.ts';
import type { PropertyOfClass } from '../../shared/properties.ts';
import type { Client } from './client.ts';
import type { Notices } from './notices.svelte.ts';

/** Labels of each class from which on a class is suggested. */
export const FEWEST_LABELS = 2;

/** Estimating fits five probes: once the hand rests. */
const ESTIMATE_AFTER_MS = 1500;

/** A class that is suggested for a picture. */
export interface Suggestion {
  class: ClassIndex;
  /** Of that class, 0.5..1. */
  probability: number;
}

/** @param probability of class 1 */
export function suggestionOf(probability: number): Suggestion {
  return probability > 0.5 ? { class: 1, probability } : { class: 0, probability: 1 - probability };
}

/** What the index and the labels so far suggest, for the pictures in sight. */
export class Suggestions {
  state = $state.raw<InsightState | null>(null);
  readonly summary = $derived(this.state?.summary ?? null);
  readonly isShown = $derived(this.state?.settings.suggests ?? false);
  /** Whether there are suggestions to show and sort by. */
  readonly isReady = $derived(
    this.isShown &&
      this.summary !== null &&
      (this.summary.by !== null || Math.min(...this.summary.labels) >= FEWEST_LABELS),
  );
  /** The run whose predictions are the suggestions; null: they follow the labels so far. */
  readonly by = $derived(this.summary?.by ?? null);
  /** Why there are no suggestions yet; null where there are. */
  readonly refusal = $derived(this.isReady ? null : refusal(this.state));
  /** How many pictures each check of `CHECK_KINDS` finds; empty until they were measured. */
  checks = $state.raw<readonly number[]>([]);
  /** Properties that separate the classes; none until the pictures were measured. */
  properties = $state.raw<readonly PropertyOfClass[]>([]);
  /** How often suggestions were right for labelled pictures, each predicted without its own label; null until known. */
  estimates = $state.raw<SuggestionEstimates | null>(null);
  #estimating: ReturnType<typeof setTimeout> | undefined;
  #estimated = -1;
  #comparing: ReturnType<typeof setTimeout> | undefined;
  #compared = -1;
  #arrivals = $state(0);
  #known = new Map<number, number>();
  /** Known from before the last change, and shown until what replaces it is here. */
  #stale = new Set<number>();
  #wanted: readonly number[] = [];
  #version = -1;
  #busy = false;

  constructor(
    private readonly client: Client,
    private readonly notices: Notices,
  ) {
    client.on('insight.changed', (state) => this.#take(state));
  }

  open(project: ProjectInfo | null): void {
    this.#known = new Map();
    this.#wanted = [];
    this.#version = -1;
    this.state = null;
    this.estimates = null;
    this.checks = [];
    this.properties = [];
    clearTimeout(this.#comparing);
    this.#estimated = -1;
    clearTimeout(this.#estimating);
    if (project) void this.client.call('insight.state').then((state) => this.#take(state));
  }

  #take(state: InsightState): void {
    const isDone = state.phase === 'done' && this.state?.phase !== 'done';
    this.state = state;
    void this.#fetch();
    if (isDone) void this.#countChecks();
    if (isDone || this.#compared !== state.version) {
      this.#compared = state.version;
      clearTimeout(this.#comparing);
      this.#comparing = setTimeout(() => void this.#readProperties(), ESTIMATE_AFTER_MS);
    }
    if (!this.isReady || this.#estimated === state.version) return;
    clearTimeout(this.#estimating);
    this.#estimating = setTimeout(() => void this.#estimate(state.version), ESTIMATE_AFTER_MS);
  }

  async #countChecks(): Promise<void> {
    const filters = CHECK_KINDS.map((check) => ({ kind: 'check', check }) as const);
    this.checks = await this.client.call('pictures.matches', { filters }).catch(() => []);
  }

  async #readProperties(): Promise<void> {
    this.properties = await this.client.call('insight.properties').catch(() => []);
  }

  async #estimate(version: number): Promise<void> {
    this.#estimated = version;
    this.estimates = await this.client.call('suggestions.estimates').catch(() => null);
  }

  /** Accuracy of suggestions with at least a probability (0.5..1); null where no labelled picture has one. */
  accuracy(from = 0.5): (Interval & { pictures: number }) | null {
    if (!this.estimates) return null;
    const { probabilities, labels } = this.estimates;
    let [right, pictures] = [0, 0];
    labels.forEach((label, index) => {
      const suggestion = suggestionOf(probabilities[index]!);
      if (suggestion.probability < from) return;
      pictures++;
      if (suggestion.class === label) right++;
    });
    const interval = wilson(right, pictures);
    return interval && { ...interval, pictures };
  }

  /** What is suggested for a picture; null where nothing is. Reactive. */
  of(id: number): Suggestion | null {
    const probability = this.#arrivals >= 0 && this.isReady ? this.#known.get(id) : undefined;
    return probability === undefined || Number.isNaN(probability) ? null : suggestionOf(probability);
  }

  /** Says which pictures are in sight. */
  want(ids: readonly number[]): void {
    this.#wanted = ids;
    void this.#fetch();
  }

  async #fetch(): Promise<void> {
    if (this.#busy || !this.isReady) return;
    this.#busy = true;
    try {
      for (let ids = this.#missing(); ids.length > 0; ids = this.#missing()) {
        const version = this.#version;
        const probabilities = await this.client.call('suggestions.of', { ids });
        if (version !== this.#version) continue;
        ids.forEach((id, index) => this.#known.set(id, probabilities[index]!));
        this.#arrivals++;
      }
    } catch {
      // The thread ended or the project was closed: badges come back with the next change.
      this.#wanted = [];
    } finally {
      this.#busy = false;
    }
  }

  /** Pictures in sight whose suggestion is not known, or was before the last change. */
  #missing(): number[] {
    const version = this.state?.version ?? 0;
    if (version !== this.#version) {
      this.#version = version;
      this.#stale = new Set(this.#known.keys());
    }
    const ids = this.#wanted.filter((id) => !this.#known.has(id) || this.#stale.has(id)).slice(0, MAX_ROWS);
    for (const id of ids) this.#stale.delete(id);
    return ids;
  }

  /** Lets a run suggest classes, or null: suggestions follow the labels so far. */
  async suggestBy(run: string | null): Promise<void> {
    const state = await this.notices.attempt(() => this.client.call('insight.suggestBy', { run }));
    if (state) this.#take(state);
  }

  /** Lets a run predict all pictures in the background; null stops that. */
  async predict(run: string | null): Promise<void> {
    await this.notices.attempt(() => this.client.call('insight.predict', { run }));
  }

  /** Remembers whether pictures are indexed and suggestions shown. */
  async set(change: Partial<InsightSettings>): Promise<void> {
    const state = await this.notices.attempt(() => this.client.call('insight.set', change));
    if (state) this.#take(state);
  }
}

function refusal(state: InsightState | null): string {
  if (state?.phase === 'failed' && state.message !== null) return state.message;
  const summary = state?.summary;
  if (!state || !summary) return 'The pictures are not indexed yet.';
  if (!state.settings.suggests) return 'Suggestions are switched off.';
  if (summary.indexed === 0) {
    return state.settings.indexes ? 'The pictures are not indexed yet.' : 'Indexing is switched off.';
  }
  const [zeros, ones] = summary.labels;
  return `Label at least ${FEWEST_LABELS} pictures of each class first; there are ${zeros} and ${ones}.`;
}
