/** Who wants to hear of what, by name. */
export class Listeners<Name extends string> {
  readonly #known = new Map<Name, Set<() => void>>();

  /** @returns a function that ends it */
  on(name: Name, listener: () => void): () => void {
    const listeners = this.#known.get(name) ?? new Set();
    this.#known.set(name, listeners.add(listener));
    return () => void listeners.delete(listener);
  }

  tell(name: Name): void {
    this.#known.get(name)?.forEach((listener) => listener());
  }
}
