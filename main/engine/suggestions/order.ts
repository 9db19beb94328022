import type { ClassIndex } from '../../../shared/library/labels.ts';
import type { SuggestionOrder } from '../../../shared/library/query.ts';
import { similaritySteps } from '../../insight/similarity.ts';
import { UNLABELLED } from '../../library/reading/picture-table.ts';
import { sortedPlaces } from '../../support/sorted-places.ts';
import { eachIndex, type Steps } from '../../support/steps.ts';
import type { IndexedPictures } from './indexed-pictures.ts';
import type { PredictedPictures } from './label-probe.ts';

/** Pictures per step. */
const SOME = 16_384;

/**
 * Whether a class may be suggested for a picture: it is unlabelled and not in the test set, which is labelled without
 * help.
 */
export function mayBeSuggested({ table }: IndexedPictures, index: number): boolean {
  return table.labels[index] === UNLABELLED && table.isTest[index] === 0;
}

/** Indices of the pictures for which a class is suggested, in the order of the table. */
export function suggestedIndices({ pictures, probabilities }: PredictedPictures): number[] {
  const found: number[] = [];
  for (let index = 0; index < probabilities.length; index++) {
    if (isSuggested(pictures, probabilities, index)) found.push(index);
  }
  return found;
}

/** Whether a class is suggested for a picture. */
function isSuggested(pictures: IndexedPictures, probabilities: Float32Array, index: number): boolean {
  return mayBeSuggested(pictures, index) && !Number.isNaN(probabilities[index]);
}

/** 0 (undecided) to 0.5 (certain). */
const sureness = (probability: number): number => Math.abs(probability - 0.5);

/** Sort keys, in ascending order. */
const KEYS: Record<Exclude<SuggestionOrder, 'next'>, (probability: number) => number> = {
  surest: (probability) => -sureness(probability),
  'least-sure': sureness,
  class: (probability) => probability,
};

/** Sorts picture ids by their suggestions; those without one come last, in their given order. */
export function* orderBySuggestion(
  { pictures, probabilities }: PredictedPictures,
  ids: Uint32Array,
  order: Exclude<SuggestionOrder, 'next'>,
): Steps<Uint32Array> {
  const keyOf = KEYS[order];
  return yield* orderByKey(ids, (id) => {
    const index = pictures.table.indexOf(id);
    return index >= 0 && isSuggested(pictures, probabilities, index)
      ? keyOf(probabilities[index]!)
      : Infinity;
  });
}

/**
 * Sorts picture ids by their similarity to a picture, which comes first; those without a vector come last, in their given
 * order, which all keep where that picture has none.
 */
export function* orderBySimilarity(
  { table, rows, vectors }: IndexedPictures,
  ids: Uint32Array,
  to: number,
): Steps<Uint32Array> {
  const row = rows[table.indexOf(to)] ?? -1;
  if (row < 0) return ids;
  const found = yield* similaritySteps(vectors, vectors.row(row));
  return yield* orderByKey(ids, (id) => {
    if (id === to) return -2;
    const its = rows[table.indexOf(id)] ?? -1;
    return its < 0 ? Infinity : -found[its]!;
  });
}

/** Sorts ids by a key, ascending and stable. */
function* orderByKey(ids: Uint32Array, keyOf: (id: number) => number): Steps<Uint32Array> {
  const keys = new Float64Array(ids.length);
  yield* eachIndex(ids.length, SOME, (place) => (keys[place] = keyOf(ids[place]!)));
  yield;
  const places = sortedPlaces(keys);
  yield;
  return places.map((place) => ids[place]!);
}

/** The ids of pictures for which a class is suggested with at least a probability (0.5..1). */
export function* suggestedAs(
  { pictures, probabilities }: PredictedPictures,
  ids: Uint32Array,
  wanted: { class: ClassIndex; from: number },
): Steps<Uint32Array> {
  const found: number[] = [];
  yield* eachIndex(ids.length, SOME, (place) => {
    const index = pictures.table.indexOf(ids[place]!);
    if (index < 0 || !isSuggested(pictures, probabilities, index)) return;
    const probability = probabilities[index]!;
    const isOne = probability > 0.5;
    const isWanted = isOne === (wanted.class === 1) && (isOne ? probability : 1 - probability) >= wanted.from;
    if (isWanted) found.push(ids[place]!);
  });
  return new Uint32Array(found);
}
