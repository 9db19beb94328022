/* eslint-disable svelte/prefer-svelte-reactivity -- looked up when the map is shown, never shown itself */
import type { MapMethod, MapValues, PictureMap } from '../../shared/map.ts';
import type { Client } from './client.ts';
import type { Notices } from './notices.svelte.ts';

/** The map of the Library: where pictures are, and what colours them. */
export class LibraryMap {
  /** Null until it was read; see `isNone`. */
  map = $state.raw<PictureMap | null>(null);
  /** The project has too few pictures for a map, or this one was not computed yet. */
  isNone = $state(false);
  loading = $state(false);
  /** Why the map could not be read. */
  failure = $state<string | null>(null);
  values = $state.raw<MapValues | null>(null);
  /** What of the map was shown, by method, for when one comes back to it. */
  readonly shown = new Map<MapMethod, { x: number; y: number; scale: number }>();
  /** Counts up with every request, so that an answer to an older one is dropped. */
  #asked = 0;
  #valuesAsked = 0;

  constructor(
    private readonly client: Client,
    private readonly notices: Notices,
  ) {}

  /** For another project. */
  clear(): void {
    this.#asked++;
    this.#valuesAsked++;
    this.map = null;
    this.isNone = false;
    this.loading = false;
    this.failure = null;
    this.values = null;
    this.shown.clear();
  }

  /** Reads the map; the present one stays until the new one is here. */
  async read(method: MapMethod): Promise<void> {
    const asked = ++this.#asked;
    this.loading = true;
    this.failure = null;
    if (this.map?.method !== method) this.map = null;
    try {
      const map = await this.client.call('map.points', { method });
      if (asked !== this.#asked) return;
      this.map = map;
      this.isNone = map === null;
    } catch (error) {
      if (asked !== this.#asked) return;
      this.failure = error instanceof Error ? error.message : String(error);
    } finally {
      if (asked === this.#asked) this.loading = false;
    }
  }

  /** Reads labels and suggestions, which follow every stroke. */
  async readValues(): Promise<void> {
    const asked = ++this.#valuesAsked;
    const values = await this.notices.read(() => this.client.call('map.values'));
    if (asked === this.#valuesAsked && values) this.values = values;
  }
}
