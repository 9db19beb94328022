import { SvelteMap } from 'svelte/reactivity';
import type { ExplainedPicture, HeatMapSettings } from '../../shared/contract/heat-maps.ts';
import type { RunInfo } from '../../shared/contract/train.ts';
import { toFailure } from '../../shared/errors.ts';
import type { HeatMap } from '../../shared/heat-map.ts';
import type { Client } from './client.ts';
import type { Notices } from './notices.svelte.ts';

/** A picture whose heat map is looked at. */
export interface HeatTarget {
  run: string;
  picture: ExplainedPicture;
  /** Of run, its temperature, the classes' order and the picture's content: with the same key the map is the same. */
  key: string;
}

export const heatTarget = (
  { id, temperature, bestEpoch }: Pick<RunInfo, 'id' | 'temperature' | 'bestEpoch'>,
  swapped: boolean,
  picture: ExplainedPicture,
  content: string,
): HeatTarget => ({ run: id, picture, key: [id, bestEpoch, temperature, swapped, content].join(' ') });

/** Maps kept for pictures that are looked at again; each takes less than 1 KB. */
const KEPT = 500;
/** After this time it is said that the model is being loaded. */
const SLOW_MS = 1000;

/** Heat maps of the pictures that are looked at, one at a time: of those passed over meanwhile only the last is asked for. */
export class HeatMaps {
  shown = $state(false);
  /** 0..1 */
  opacity = $state(0.65);
  /** The map that is waited for takes more than a second. */
  slow = $state(false);
  readonly #maps = new SvelteMap<string, HeatMap>();
  #error = $state.raw<{ key: string; message: string } | null>(null);
  #next: HeatTarget | null = null;
  #isAsking = false;
  #saving: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly client: Client,
    private readonly notices: Notices,
  ) {
    void notices.read(async () => {
      const { heatMap } = await client.call('system.settings');
      this.shown = heatMap.shown;
      this.opacity = heatMap.opacity;
    });
  }

  /** For another project, in which ids mean other pictures. */
  open(): void {
    this.#maps.clear();
    this.#error = null;
    this.#next = null;
  }

  toggle(): void {
    this.shown = !this.shown;
    this.#error = null;
    this.#remember();
  }

  setOpacity(opacity: number): void {
    this.opacity = opacity;
    this.#remember();
  }

  /** Null while it is computed, and after an error. */
  of({ key }: HeatTarget): HeatMap | null {
    return this.#maps.get(key) ?? null;
  }

  errorOf({ key }: HeatTarget): string | null {
    return this.#error?.key === key ? this.#error.message : null;
  }

  /** Computes a map unless it is known. */
  want(target: HeatTarget): void {
    this.#next = target;
    if (!this.#isAsking) void this.#ask();
  }

  async #ask(): Promise<void> {
    this.#isAsking = true;
    for (let target = this.#take(); target; target = this.#take()) {
      const { run, picture, key } = target;
      const late = setTimeout(() => (this.slow = true), SLOW_MS);
      try {
        const map = await this.client.call('heatmaps.of', { run, picture });
        if (map) this.#keep(key, map);
        if (this.#error?.key === key) this.#error = null;
      } catch (thrown) {
        this.#error = { key, message: toFailure(thrown).message };
      }
      clearTimeout(late);
      this.slow = false;
    }
    this.#isAsking = false;
  }

  #take(): HeatTarget | null {
    const next = this.#next;
    this.#next = null;
    return next && !this.#maps.has(next.key) ? next : null;
  }

  #keep(key: string, map: HeatMap): void {
    this.#maps.set(key, map);
    const [oldest] = this.#maps.keys();
    if (this.#maps.size > KEPT && oldest !== undefined) this.#maps.delete(oldest);
  }

  /** Remembered, in other projects as well; of a drag of the slider only the end. */
  #remember(): void {
    clearTimeout(this.#saving);
    const heatMap: HeatMapSettings = { shown: this.shown, opacity: this.opacity };
    this.#saving = setTimeout(
      () => void this.notices.attempt(() => this.client.call('system.setSettings', { heatMap })),
      200,
    );
  }
}
