import type { PictureGroups } from '../../../shared/contract/pictures.ts';
import type { Comparison } from '../../insight/duplicate-store.ts';
import { lookAlikes } from '../../insight/look-alikes.ts';
import type { PictureTable } from '../../library/reading/picture-table.ts';

/**
 * Groups pictures that are alike, those with the same content included.
 *
 * @param ids which pictures
 * @param from least cosine of a picture and the first of its group
 * @returns the pictures group by group, the largest first
 */
export function groupLookAlikes(
  table: PictureTable,
  { hashes, near }: Pick<Comparison, 'hashes' | 'near'>,
  ids: Uint32Array,
  from: number,
): PictureGroups {
  const idsOf = new Map<string, number[]>();
  for (const id of ids) {
    const hash = table.hashes[table.indexOf(id)];
    if (hash === undefined) continue;
    const known = idsOf.get(hash);
    if (known) known.push(id);
    else idsOf.set(hash, [id]);
  }
  const groups = lookAlikes(hashes.length, near, from, (row) => idsOf.has(hashes[row]!));
  const grouped = groups.map((rows) => rows.flatMap((row) => idsOf.get(hashes[row]!)!));
  const inGroups = new Set(grouped.flat());
  for (const copies of idsOf.values()) {
    if (copies.length > 1 && !inGroups.has(copies[0]!)) grouped.push(copies);
  }
  // Stable: of the same size, as clustering found them.
  grouped.sort((one, other) => other.length - one.length);
  return {
    ids: Uint32Array.from(grouped.flat()),
    sizes: Uint32Array.from(grouped, ({ length }) => length),
  };
}
