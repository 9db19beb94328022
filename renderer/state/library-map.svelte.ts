/* eslint-disable svelte/prefer-svelte-reactivity -- looked up when the map is shown, never shown itself */
import type { MapMethod, MapValues, PictureMap } from '../../shared/map.ts';
import type { Client } from './client.ts';
import type { Notices } from './notices.svelte.ts';
import { Task } from './task.svelte.ts';

/** The map of the Library: where pictures are, and what colours them. As a task it computes the map by UMAP. */
export class LibraryMap extends Task<'map'> {
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
  /** That was read last. */
  #method: MapMethod | null = null;

  constructor(client: Client, notices: Notices) {
    super(client, notices, 'map', 'A map is being computed. Wait until it is done, or cancel it.');
  }

  /** For another project, or none. */
  open(isProject: boolean): void {
    this.forget();
    this.#asked++;
    this.#valuesAsked++;
    this.map = null;
    this.isNone = false;
    this.loading = false;
    this.failure = null;
    this.values = null;
    this.shown.clear();
    if (isProject) void this.#adopt();
  }

  async #adopt(): Promise<void> {
    const done = await this.adopt(
      () => this.client.call('map.state'),
      () => this.client.call('map.result'),
    );
    if (done) await this.#show();
  }

  /** Computes the map by UMAP, and shows it unless PCA was chosen meanwhile. */
  async compute(): Promise<void> {
    const done = await this.perform(
      () => this.client.call('map.compute'),
      (error) => {
        if (!this.cancelling) this.notices.fail(error);
      },
    );
    if (done) await this.#show();
  }

  async #show(): Promise<void> {
    this.shown.delete('umap');
    if (this.#method === 'umap') await this.read('umap');
  }

  /** Reads the map; the present one stays until the new one is here. */
  async read(method: MapMethod): Promise<void> {
    const asked = ++this.#asked;
    this.#method = method;
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
