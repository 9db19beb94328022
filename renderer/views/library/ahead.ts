/** Fetched pictures that are held on to, so that Chromium does not let them go before they are shown. */
const HELD = 100;

/**
 * Fetches pictures that will be in sight soon. One that is here when its cell appears is drawn with it; one that comes
 * later costs a frame of its own, and while pictures come in one by one scrolling stutters.
 */
export class PicturesAhead {
  /** Oldest first. */
  readonly #held = new Map<string, HTMLImageElement>();

  fetch(address: string): void {
    if (this.#held.has(address)) return;
    const image = new Image();
    image.src = address;
    this.#held.set(address, image);
    for (const oldest of this.#held.keys()) {
      if (this.#held.size <= HELD) break;
      this.#held.delete(oldest);
    }
  }
}
