/** Where the groups of a list are, from their sizes in order. */
export class GroupPlaces {
  readonly count: number;
  readonly total: number;
  /** Index of the first picture of each group. */
  readonly #starts: Uint32Array;

  constructor(private readonly sizes: Uint32Array) {
    this.count = sizes.length;
    this.#starts = new Uint32Array(sizes.length);
    let start = 0;
    sizes.forEach((size, group) => {
      this.#starts[group] = start;
      start += size;
    });
    this.total = start;
  }

  /** The group of the picture at an index; -1 beyond the last. */
  at(index: number): number {
    if (index < 0 || index >= this.total) return -1;
    let [low, high] = [0, this.count - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#starts[middle]! <= index) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  sizeOf(group: number): number {
    return this.sizes[group] ?? 0;
  }

  /** Size of the group that begins at an index; 0 where none does. */
  sizeFrom(index: number): number {
    const group = this.at(index);
    return group >= 0 && this.#starts[group] === index ? this.sizeOf(group) : 0;
  }

  /** Indices of the first picture of a group, and of the first behind it. */
  range(group: number): [from: number, to: number] {
    const from = this.#starts[group] ?? this.total;
    return [from, from + this.sizeOf(group)];
  }
}
