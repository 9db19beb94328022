import { SvelteMap } from 'svelte/reactivity';
import type { ClassIndex } from '../../shared/library/labels.ts';
import type { Picture } from '../../shared/library/pictures.ts';
import type { Client } from './client.ts';

/** A picture whose label is checked, with the labelled pictures that are most similar to it. */
export interface CheckedPicture {
  picture: Picture;
  neighbours: readonly { picture: Picture; label: ClassIndex }[];
}

/** Reads the pictures of the queue, some in advance. */
export class LabelCheckPictures {
  readonly #known = new SvelteMap<number, CheckedPicture>();
  #wanted: readonly number[] = [];
  #isReading = false;

  constructor(private readonly client: Client) {}

  /** Undefined until it was read. Reactive. */
  get(id: number): CheckedPicture | undefined {
    return this.#known.get(id);
  }

  clear(): void {
    this.#known.clear();
    this.#wanted = [];
  }

  /** Says which pictures are shown now or next. */
  want(ids: readonly number[]): void {
    this.#wanted = ids;
    if (!this.#isReading) void this.#read();
  }

  async #read(): Promise<void> {
    this.#isReading = true;
    try {
      // One at a time, so that the one that is shown comes first.
      for (let id = this.#missing(); id !== undefined; id = this.#missing()) await this.#take(id);
    } catch {
      // The project was closed, or the thread ended: the next picture is read all the same.
      this.#wanted = [];
    } finally {
      this.#isReading = false;
    }
  }

  #missing(): number | undefined {
    return this.#wanted.find((id) => !this.#known.has(id));
  }

  async #take(id: number): Promise<void> {
    const [similar = []] = await this.client.call('suspects.neighbours', { ids: [id] });
    const ids = [id, ...similar.map((one) => one.id)];
    const rows = await this.client.call('pictures.rows', { ids });
    const byId = Object.fromEntries(rows.map((picture) => [picture.id, picture]));
    const picture = byId[id];
    // What is gone from the project is asked for only once.
    if (!picture) {
      this.#wanted = this.#wanted.filter((one) => one !== id);
      return;
    }
    const neighbours = similar.flatMap((one) => {
      const its = byId[one.id];
      return its ? [{ picture: its, label: one.label }] : [];
    });
    this.#known.set(id, { picture, neighbours });
  }
}
