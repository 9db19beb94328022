/* eslint-disable svelte/prefer-svelte-reactivity -- one signal for all arrivals: a signal a row costs more than it saves */
import { MAX_ROWS } from '../../shared/contract/pictures.ts';
import type { LabelValue } from '../../shared/library/labels.ts';
import type { Picture } from '../../shared/library/pictures.ts';
import { swapLabel } from '../../shared/swap.ts';
import type { Client } from './client.ts';

/** Rows kept: about forty screens of small thumbnails, two megabytes. */
const KEPT = 4000;
/**
 * Whoever flies past more than half a screen at once, again and again, sees nothing anyway: rows wait until so many frames
 * came without. Frames, since on a busy machine a flight is no slower but its frames come late.
 */
const LANDING_FRAMES = 4;

/** A picture as the grid shows it; `label` is the one on the screen, which may be ahead of the disk for some milliseconds. */
export class GridPicture {
  picture = $state.raw<Picture>()!;
  label = $state.raw<LabelValue>(null);

  constructor(
    picture: Picture,
    label: LabelValue,
    public generation: number,
  ) {
    this.picture = picture;
    this.label = label;
  }
}

/** Rows of the pictures in sight, fetched by the screenful, the least lately seen ones forgotten. */
export class LibraryRows {
  /** In the order in which they were last seen. */
  readonly #rows = new Map<number, GridPicture>();
  #arrivals = $state(0);
  /** Rows of an older generation are shown until their new content is here. */
  #generation = 0;
  #wanted: readonly number[] = [];
  /** The run whose sets are told with the rows. */
  #run: string | null = null;
  #busy = false;
  /** The frame that is waited for in a flight. */
  #landing: number | null = null;

  /**
   * @param pendingLabel the label that is about to be stored for a picture; undefined where there is none
   * @param onError told when rows can't be read
   */
  constructor(
    private readonly client: Client,
    private readonly pendingLabel: (id: number) => LabelValue | undefined,
    private readonly onError: (error: unknown) => void,
  ) {}

  /** The row of a picture, undefined until it is here. Reactive. */
  get(id: number): GridPicture | undefined {
    return this.#arrivals >= 0 ? this.#rows.get(id) : undefined;
  }

  /** As `get`, without waiting for what may come. */
  peek(id: number): GridPicture | undefined {
    return this.#rows.get(id);
  }

  /** Says what is in sight now; whatever of it is unknown or out of date is fetched, the latest wish first. */
  want(ids: readonly number[]): void {
    this.#wanted = ids;
    let known = 0;
    for (const id of ids) {
      const row = this.#rows.get(id);
      if (!row) continue;
      known++;
      this.#rows.delete(id);
      this.#rows.set(id, row);
    }
    const jumps = known < ids.length / 2;
    const flies = jumps && this.#landing !== null;
    this.#touchDown();
    if (!flies) this.#start();
    if (jumps) this.#land(LANDING_FRAMES);
  }

  #land(frames: number): void {
    this.#landing = requestAnimationFrame(() => {
      this.#landing = null;
      if (frames > 1) this.#land(frames - 1);
      else this.#start();
    });
  }

  #touchDown(): void {
    if (this.#landing !== null) cancelAnimationFrame(this.#landing);
    this.#landing = null;
  }

  #start(): void {
    if (!this.#busy) void this.#fetch();
  }

  /** From now on rows tell in which set each picture was in this run. */
  tellSplitsOf(run: string | null): void {
    if (run === this.#run) return;
    this.#run = run;
    this.expire();
  }

  /** Everything may have changed: what is in sight is fetched again. */
  expire(): void {
    this.#generation++;
    this.#start();
  }

  /** After the classes changed places: what is in sight is right at once, and fetched again. */
  swapIndices(): void {
    for (const row of this.#rows.values()) row.label = swapLabel(row.label);
    this.expire();
  }

  clear(): void {
    this.#touchDown();
    this.#rows.clear();
    this.#wanted = [];
    this.#generation++;
    this.#arrivals++;
  }

  async #fetch(): Promise<void> {
    this.#busy = true;
    try {
      for (let ids = this.#missing(); ids.length > 0; ids = this.#missing()) {
        const generation = this.#generation;
        const pictures = await this.client.call('pictures.rows', { ids, run: this.#run });
        if (generation !== this.#generation) continue;
        this.#take(pictures, ids);
        if (this.#landing !== null) break;
      }
    } catch (error) {
      this.#wanted = [];
      this.onError(error);
    } finally {
      this.#busy = false;
    }
  }

  #missing(): number[] {
    return this.#wanted
      .filter((id) => this.#rows.get(id)?.generation !== this.#generation)
      .slice(0, MAX_ROWS);
  }

  #take(pictures: readonly Picture[], asked: readonly number[]): void {
    for (const picture of pictures) {
      const pending = this.pendingLabel(picture.id);
      const label = pending === undefined ? picture.label : pending;
      const known = this.#rows.get(picture.id);
      if (known) {
        known.picture = picture;
        known.label = label;
        known.generation = this.#generation;
      } else this.#rows.set(picture.id, new GridPicture(picture, label, this.#generation));
    }
    // What is gone from the project is asked for only once.
    const gone = new Set(asked);
    for (const { id } of pictures) gone.delete(id);
    if (gone.size > 0) this.#wanted = this.#wanted.filter((id) => !gone.has(id));
    for (const id of this.#rows.keys()) {
      if (this.#rows.size <= KEPT) break;
      this.#rows.delete(id);
    }
    this.#arrivals++;
  }
}
