import type { ClassIndex } from '../../../shared/library/labels.ts';
import type { SuggestionOrder } from '../../../shared/library/query.ts';
import { UNLABELLED } from '../../library/reading/picture-table.ts';
import type { IndexedPictures } from './indexed-pictures.ts';

/**
 * Whether a class may be suggested for a picture: it is unlabelled and not in the test set, which is labelled without
 * help.
 */
export function mayBeSuggested({ table }: IndexedPictures, index: number): boolean {
  return table.labels[index] === UNLABELLED && table.isTest[index] === 0;
}

/** Whether a class is suggested for a picture. */
export function isSuggested(pictures: IndexedPictures, probabilities: Float32Array, index: number): boolean {
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
export function orderBySuggestion(
  pictures: IndexedPictures,
  probabilities: Float32Array,
  ids: Uint32Array,
  order: Exclude<SuggestionOrder, 'next'>,
): Uint32Array {
  return orderByKey(ids, (id) => {
    const index = pictures.table.indexOf(id);
    return index >= 0 && isSuggested(pictures, probabilities, index)
      ? KEYS[order](probabilities[index]!)
      : Infinity;
  });
}

/** Sorts ids by a key, ascending and stable. */
export function orderByKey(ids: Uint32Array, keyOf: (id: number) => number): Uint32Array {
  const keys = Float64Array.from(ids, keyOf);
  const places = Uint32Array.from(ids, (_, place) => place);
  places.sort((a, b) => (keys[a] === keys[b] ? a - b : keys[a]! - keys[b]!));
  return places.map((place) => ids[place]!);
}

/** The ids of pictures for which a class is suggested with at least a probability (0.5..1). */
export function suggestedAs(
  pictures: IndexedPictures,
  probabilities: Float32Array,
  ids: Uint32Array,
  wanted: { class: ClassIndex; from: number },
): Uint32Array {
  return ids.filter((id) => {
    const index = pictures.table.indexOf(id);
    if (index < 0 || !isSuggested(pictures, probabilities, index)) return false;
    const probability = probabilities[index]!;
    const isOne = probability > 0.5;
    return isOne === (wanted.class === 1) && (isOne ? probability : 1 - probability) >= wanted.from;
  });
}
