import type { PictureGroups } from '../../../shared/contract/pictures.ts';
import type { Comparison } from '../../insight/duplicate-store.ts';
import { lookAlikeSteps } from '../../insight/look-alikes.ts';
import type { PictureTable } from '../../library/reading/picture-table.ts';
import { sortedPlaces } from '../../support/sorted-places.ts';
import { eachIndex, type Steps } from '../../support/steps.ts';

/** Pictures per step. */
const SOME = 4096;

/**
 * Groups pictures that are alike, those with the same content included.
 *
 * @param ids which pictures
 * @param from least cosine of a picture and the first of its group
 * @returns the pictures group by group, the largest first
 */
export function* groupLookAlikes(
  table: PictureTable,
  { hashes, near }: Pick<Comparison, 'hashes' | 'near'>,
  ids: Uint32Array,
  from: number,
): Steps<PictureGroups> {
  const idsOf = new Map<string, number[]>();
  yield* eachIndex(ids.length, SOME, (at) => {
    const id = ids[at]!;
    const hash = table.hashes[table.indexOf(id)];
    if (hash === undefined) return;
    const known = idsOf.get(hash);
    if (known) known.push(id);
    else idsOf.set(hash, [id]);
  });
  const takesPart = new Uint8Array(hashes.length);
  yield* eachIndex(hashes.length, SOME, (row) => {
    if (idsOf.has(hashes[row]!)) takesPart[row] = 1;
  });
  const groups = yield* lookAlikeSteps(near, from, takesPart);
  const grouped: number[][] = [];
  yield* eachIndex(groups.length, SOME, (at) => {
    const group = groups[at]!.flatMap((row) => idsOf.get(hashes[row]!)!);
    for (const row of groups[at]!) idsOf.delete(hashes[row]!);
    grouped.push(group);
  });
  for (const copies of idsOf.values()) if (copies.length > 1) grouped.push(copies);
  yield;
  // Stable: of the same size, as clustering found them.
  const places = sortedPlaces(Float64Array.from(grouped, ({ length }) => -length));
  yield;
  const found: number[] = [];
  const sizes = new Uint32Array(grouped.length);
  yield* eachIndex(grouped.length, SOME, (at) => {
    const group = grouped[places[at]!]!;
    for (const id of group) found.push(id);
    sizes[at] = group.length;
  });
  return { ids: new Uint32Array(found), sizes };
}
