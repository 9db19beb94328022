/* eslint-disable svelte/prefer-svelte-reactivity -- one signal for all arrivals of a frame: a signal each costs more */
import { thumbnailsUrl } from '../../../shared/picture-url.ts';

/** Pictures asked for at once: about a row. Most of what an answer costs does not depend on how much it holds. */
const AT_ONCE = 8;
/** Answers under way, so that main reads the next while the window shows the last. */
const REQUESTS = 2;
/** Pictures that nobody wants any more but are held on to, so that going back a little asks for nothing. */
const HELD = 40;

/** What is shown of a picture; null where it could not be had. */
export type Thumbnail = HTMLCanvasElement | null;

/**
 * Fetches thumbnails, the wanted ones in their order, some at a time, and lets go of those that are no longer wanted.
 * Cells show only what is here: an image that comes in while it is on the screen costs a frame of its own.
 */
export class Thumbnails {
  /** The least lately wanted first. */
  readonly #here = new Map<string, Thumbnail>();
  readonly #coming = new Set<string>();
  #wanted: readonly string[] = [];
  #requests = 0;
  #arrivals = $state(0);
  #announcing = false;

  /** A thumbnail's element, to be put where it is shown; undefined until it is here. Reactive. */
  get(key: string): Thumbnail | undefined {
    return this.#arrivals >= 0 ? this.#here.get(key) : undefined;
  }

  /** Says which are to be seen, now or soon, the most urgent first. */
  want(keys: readonly string[]): void {
    this.#wanted = keys;
    for (const key of keys) {
      const thumbnail = this.#here.get(key);
      if (thumbnail === undefined) continue;
      this.#here.delete(key);
      this.#here.set(key, thumbnail);
    }
    this.#fetch();
  }

  #fetch(): void {
    while (this.#requests < REQUESTS) {
      const next: string[] = [];
      for (const key of this.#wanted) {
        if (this.#here.has(key) || this.#coming.has(key)) continue;
        next.push(key);
        if (next.length === AT_ONCE) break;
      }
      if (next.length === 0) return;
      void this.#request(next);
    }
  }

  async #request(keys: readonly string[]): Promise<void> {
    this.#requests++;
    keys.forEach((key) => this.#coming.add(key));
    try {
      const files = await ask(keys);
      await Promise.all(keys.map(async (key, index) => this.#here.set(key, await draw(files[index]))));
    } finally {
      keys.forEach((key) => this.#coming.delete(key));
      this.#requests--;
    }
    this.#forget();
    this.#announce();
    this.#fetch();
  }

  #forget(): void {
    for (const oldest of this.#here.keys()) {
      if (this.#here.size <= this.#wanted.length + HELD) return;
      this.#here.delete(oldest);
    }
  }

  #announce(): void {
    if (this.#announcing) return;
    this.#announcing = true;
    requestAnimationFrame(() => {
      this.#announcing = false;
      this.#arrivals++;
    });
  }
}

/** Files of thumbnails, each after its length in four bytes; a length of 0 where there is none. */
async function ask(keys: readonly string[]): Promise<Uint8Array<ArrayBuffer>[]> {
  const answer = await fetch(thumbnailsUrl(keys))
    .then((response) => (response.ok ? response.arrayBuffer() : new ArrayBuffer(0)))
    .catch(() => new ArrayBuffer(0));
  const files: Uint8Array<ArrayBuffer>[] = [];
  const view = new DataView(answer);
  for (let at = 0; at < answer.byteLength;) {
    const length = view.getUint32(at, true);
    files.push(new Uint8Array(answer, at + 4, length));
    at += 4 + length;
  }
  return files;
}

/**
 * A canvas and no image, since Chromium keeps the last 1,000 images decoded. It is kept in memory and not on a graphics
 * card, which would hold a texture for each.
 */
async function draw(file: Uint8Array<ArrayBuffer> | undefined): Promise<Thumbnail> {
  if (!file?.length) return null;
  try {
    const bitmap = await createImageBitmap(new Blob([file]));
    const canvas = document.createElement('canvas');
    canvas.width = bitmap.width;
    canvas.height = bitmap.height;
    canvas.getContext('2d', { alpha: false, willReadFrequently: true })?.drawImage(bitmap, 0, 0);
    bitmap.close();
    return canvas;
  } catch {
    return null; // damaged
  }
}
