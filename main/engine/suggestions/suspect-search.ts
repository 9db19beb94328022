import type { SuspectList, SuspectNeighbour } from '../../../shared/contract/suspects.ts';
import { TwofoldError } from '../../../shared/errors.ts';
import type { ClassIndex } from '../../../shared/library/labels.ts';
import { DEFAULT_RECIPE } from '../../../shared/recipe.ts';
import { outOfFoldSteps } from '../../insight/out-of-fold.ts';
import { similarities } from '../../insight/similarity.ts';
import { FEWEST_LABELS, MOST_LABELS } from '../suggest.ts';
import { listSuspects } from '../suspects.ts';
import type { IndexedPictures } from './indexed-pictures.ts';
import type { KnownGroups } from './known-groups.ts';
import { learnable } from './label-probe.ts';

/** Neighbours that are given as the reason. */
const NEIGHBOURS = 5;

/** Finds labels that are likely wrong, with probes that are fitted without the picture in question. */
export class SuspectSearch {
  #search: { steps: Generator<undefined, Float64Array | null>; indices: readonly number[] } | null = null;

  /** Labels or pictures changed. */
  reset(): void {
    this.#search = null;
  }

  /**
   * One fold a call.
   *
   * @param kept ids of pictures whose labels were checked
   * @returns null while folds are left
   * @throws TwofoldError `too-few` while a class has too few labels
   */
  step(pictures: IndexedPictures, groups: KnownGroups, kept: () => ReadonlySet<number>): SuspectList | null {
    const { table, rows, vectors } = pictures;
    const unindexed = countUnindexed(pictures);
    if (!this.#search) {
      const indices = learnable(pictures);
      const labels = indices.map((index) => table.labels[index] as ClassIndex);
      refuseTooFew(labels, unindexed);
      const keys = indices.map((index) => groups.nameOf(table, index));
      const matrix = vectors.take(indices.map((index) => rows[index]!));
      const options = { seed: DEFAULT_RECIPE.seed, most: MOST_LABELS };
      this.#search = { steps: outOfFoldSteps(matrix, labels, keys, options), indices };
    }
    const { steps, indices } = this.#search;
    const step = steps.next();
    if (!step.done) return null;
    this.#search = null;
    const probabilities = step.value;
    if (!probabilities) throw tooFew(indices.map((index) => table.labels[index] as ClassIndex));
    const labelled = indices.map((index, row) => ({
      picture: { id: table.ids[index]! },
      label: table.labels[index] as ClassIndex,
      probability: probabilities[row]!,
    }));
    return { ...listSuspects(labelled, kept()), unindexed };
  }

  /** See `suspects.neighbours` of the contract; none for pictures without a vector. */
  neighbours(pictures: IndexedPictures, ids: readonly number[]): SuspectNeighbour[][] {
    const { table, rows, vectors } = pictures;
    const known = learnable(pictures);
    return ids.map((id) => {
      const own = rows[table.indexOf(id)] ?? -1;
      if (own < 0) return [];
      const found = similarities(vectors, vectors.row(own));
      return known
        .filter((index) => table.ids[index] !== id)
        .map((index) => ({
          id: table.ids[index]!,
          label: table.labels[index] as ClassIndex,
          similarity: found[rows[index]!]!,
        }))
        .sort((a, b) => b.similarity - a.similarity || a.id - b.id)
        .slice(0, NEIGHBOURS);
    });
  }
}

function countUnindexed({ table, rows }: IndexedPictures): number {
  return rows.reduce(
    (count, row, index) => count + Number(row < 0 && table.labels[index]! >= 0 && table.isTest[index] === 0),
    0,
  );
}

function refuseTooFew(labels: readonly ClassIndex[], unindexed: number): void {
  const ones = labels.filter((label) => label === 1).length;
  if (Math.min(ones, labels.length - ones) >= FEWEST_LABELS) return;
  if (unindexed > 0) {
    throw new TwofoldError(
      'too-few',
      'Too few labelled pictures are indexed yet. Labels are checked once more of them are.',
    );
  }
  throw tooFew(labels);
}

function tooFew(labels: readonly ClassIndex[]): TwofoldError {
  const ones = labels.filter((label) => label === 1).length;
  return new TwofoldError(
    'too-few',
    `Checking labels needs at least ${FEWEST_LABELS} different labelled pictures of each class outside the test set; there are ${labels.length - ones} and ${ones}. Label more.`,
  );
}
