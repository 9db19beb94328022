import type { Notices } from './notices.svelte.ts';

/** What an answer depends on changes in bursts, such as a slider that is moved; it is asked for when they end. */
const SETTLE_MS = 250;

/** An answer of main that is asked for again whenever what it depends on has changed. The latest question counts. */
export class Settled<T> {
  #latest = $state.raw<{ key: string; value: T } | null>(null);
  #asked = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly notices: Notices) {}

  /** The answer about what `key` names, also while it is asked for again; undefined until there is one. */
  of(key: string): T | undefined {
    return this.#latest?.key === key ? this.#latest.value : undefined;
  }

  /** @param _dependsOn what the answer depends on, so that an effect that calls this runs again when it changes */
  ask(key: string, read: () => Promise<T>, _dependsOn: readonly unknown[] = []): void {
    const asked = ++this.#asked;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(
      () =>
        void this.notices.read(async () => {
          const value = await read();
          if (asked === this.#asked) this.#latest = { key, value };
        }),
      SETTLE_MS,
    );
  }

  forget(): void {
    this.#asked++;
    clearTimeout(this.#timer);
    this.#latest = null;
  }
}
