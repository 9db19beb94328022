import { SvelteMap } from 'svelte/reactivity';

/** How often a picture is asked about in one visit. */
const MOST = 2;

/**
 * Pictures of the queue about which nothing was decided yet: each comes again at the end of the queue, and once more at the
 * next visit. A skip changes no label, so it is not in the label history.
 */
export class Skips {
  readonly #counts = new SvelteMap<number, number>();
  /** Since the last decision, the last one at the end. */
  #latest = $state.raw<readonly number[]>([]);

  /** Whether undo means the last skip, since nothing was decided after it. */
  readonly canUndo = $derived(this.#latest.length > 0);

  /** How often a picture was skipped in this visit. */
  of(id: number): number {
    return this.#counts.get(id) ?? 0;
  }

  /** Whether a picture is not shown again before the next visit. */
  isPutOff(id: number): boolean {
    return this.of(id) >= MOST;
  }

  /** The picture to show next: the first that was not skipped, else the first that is not put off; null without one. */
  next(ids: readonly number[]): number | null {
    return ids.find((id) => this.of(id) === 0) ?? ids.find((id) => !this.isPutOff(id)) ?? null;
  }

  add(id: number): void {
    this.#counts.set(id, this.of(id) + 1);
    this.#latest = [...this.#latest, id];
  }

  /** Undoes the last skip. @returns its picture */
  undo(): number | undefined {
    const id = this.#latest.at(-1);
    if (id === undefined) return undefined;
    this.#latest = this.#latest.slice(0, -1);
    this.#counts.set(id, this.of(id) - 1);
    return id;
  }

  /** After a decision: undo means that one now. */
  decided(): void {
    this.#latest = [];
  }

  /** For another visit of the queue, or another queue. */
  clear(): void {
    this.#counts.clear();
    this.#latest = [];
  }
}
