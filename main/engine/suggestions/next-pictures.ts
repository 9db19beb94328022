import { typicalRowSteps } from '../../insight/k-means.ts';
import { candidatesToLabel } from '../../insight/label-next.ts';
import { DEFAULT_RECIPE } from '../../../shared/recipe.ts';
import { eachIndex, type Steps } from '../../support/steps.ts';
import type { PredictedPictures } from './label-probe.ts';
import { mayBeSuggested } from './order.ts';

/** Pictures per step. */
const SOME = 16_384;

/** Chooses which of the given pictures to label next: typical or uncertain ones that differ from each other. */
export function* chooseNext(
  { pictures, probabilities }: PredictedPictures,
  ids: Uint32Array,
  count: number,
): Steps<Uint32Array> {
  const { table, rows, vectors } = pictures;
  const indexed: number[] = [];
  const scored: number[] = [];
  yield* eachIndex(ids.length, SOME, (at) => {
    const index = table.indexOf(ids[at]!);
    if (index < 0 || rows[index]! < 0 || !mayBeSuggested(pictures, index)) return;
    indexed.push(index);
    if (!Number.isNaN(probabilities[index])) scored.push(index);
  });
  // Without any prediction only typical pictures can be chosen.
  const indices = scored.length > 0 ? scored : indexed;
  const scores = scored.length > 0 ? scored.map((index) => probabilities[index]!) : null;
  const candidates = candidatesToLabel(indices.length, scores, count).map((place) => indices[place]!);
  yield;
  const chosen = yield* typicalRowSteps(
    vectors.take(candidates.map((index) => rows[index]!)),
    count,
    DEFAULT_RECIPE.seed,
  );
  return Uint32Array.from(chosen, (row) => table.ids[candidates[row]!]!);
}
