import type { SuspectList, SuspectNeighbour } from '../../../shared/contract/suspects.ts';
import { TwofoldError } from '../../../shared/errors.ts';
import type { ClassIndex } from '../../../shared/library/labels.ts';
import { DEFAULT_RECIPE } from '../../../shared/recipe.ts';
import { outOfFoldSteps } from '../../insight/out-of-fold.ts';
import { similarities } from '../../insight/similarity.ts';
import type { Steps } from '../../support/steps.ts';
import { FEWEST_LABELS, MOST_LABELS } from '../suggest.ts';
import { listSuspects } from '../suspects.ts';
import type { IndexedPictures } from './indexed-pictures.ts';
import type { KnownGroups } from './known-groups.ts';
import { learnable } from './label-probe.ts';

/** Neighbours that are given as the reason. */
const NEIGHBOURS = 5;
/** Labelled pictures compared per step. */
const COMPARED = 2048;

/**
 * Finds labels that are likely wrong, with probes that are fitted without the picture in question.
 *
 * @param kept ids of pictures whose labels were checked
 * @throws TwofoldError `too-few` while a class has too few labels
 */
export function* searchSuspects(
  pictures: IndexedPictures,
  groups: KnownGroups,
  kept: () => ReadonlySet<number>,
): Steps<SuspectList> {
  const { table, rows, vectors } = pictures;
  const unindexed = countUnindexed(pictures);
  const indices = learnable(pictures);
  const labels = indices.map((index) => table.labels[index] as ClassIndex);
  refuseTooFew(labels, unindexed);
  const keys = indices.map((index) => groups.nameOf(table, index));
  yield;
  const matrix = yield* vectors.takeSteps(indices.map((index) => rows[index]!));
  const options = { seed: DEFAULT_RECIPE.seed, most: MOST_LABELS };
  const probabilities = yield* outOfFoldSteps(matrix, labels, keys, options);
  if (!probabilities) throw tooFew(labels);
  const labelled = indices.map((index, row) => ({
    picture: { id: table.ids[index]! },
    label: labels[row]!,
    probability: probabilities[row]!,
  }));
  yield;
  return { ...listSuspects(labelled, kept()), unindexed };
}

/** See `suspects.neighbours` of the contract; none for pictures without a vector. */
export function* nearestLabelled(
  pictures: IndexedPictures,
  ids: readonly number[],
): Steps<SuspectNeighbour[][]> {
  const { table, rows, vectors } = pictures;
  const known = learnable(pictures);
  const found: SuspectNeighbour[][] = [];
  for (const id of ids) {
    const own = rows[table.indexOf(id)] ?? -1;
    const its: SuspectNeighbour[] = [];
    found.push(its);
    if (own < 0) continue;
    const vector = vectors.row(own);
    for (let start = 0; start < known.length; start += COMPARED) {
      const some = known.slice(start, start + COMPARED);
      const similarity = similarities(vectors.take(some.map((index) => rows[index]!)), vector);
      some.forEach((index, at) => {
        const label = table.labels[index] as ClassIndex;
        if (table.ids[index] !== id) its.push({ id: table.ids[index]!, label, similarity: similarity[at]! });
      });
      its.sort((a, b) => b.similarity - a.similarity || a.id - b.id).splice(NEIGHBOURS);
      yield;
    }
  }
  return found;
}

function countUnindexed({ table, rows }: IndexedPictures): number {
  let count = 0;
  for (let index = 0; index < rows.length; index++) {
    if (rows[index]! < 0 && table.labels[index]! >= 0 && table.isTest[index] === 0) count++;
  }
  return count;
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
