/**
 * The names most similar to `name`, best first: by Levenshtein distance (insertions, deletions and replacements of a letter,
 * case ignored), then by their order in `known`.
 */
export function nearest(name: string, known: readonly string[], count: number): string[] {
  return known
    .map((candidate) => ({ candidate, distance: distance(name.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, count)
    .map(({ candidate }) => candidate);
}

function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}

/** Numbers names as a new Keras session does: `conv2d`, `conv2d_1`, `conv2d_2`, … */
export class KerasNames {
  readonly #counts = new Map<string, number>();

  /** @param prefix the class in Keras' lower case, as in `max_pooling2d` */
  next(prefix: string): string {
    const count = this.#counts.get(prefix) ?? 0;
    this.#counts.set(prefix, count + 1);
    return count === 0 ? prefix : `${prefix}_${count}`;
  }
}
