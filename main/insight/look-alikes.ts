/** Pairs of rows that are among each other's nearest, with their cosines; parallel arrays. */
export interface NearPairs {
  a: Int32Array;
  b: Int32Array;
  similarities: Float32Array;
}

/** A group of rows: the first is the one that all others are alike to, the most similar of these first. */
export type LookAlikeGroup = number[];

/**
 * Groups rows so that every row of a group has at least a cosine with its first row: leader clustering by number of
 * neighbours (Butina, 1999). Unlike chains of pairs, a group never connects rows that have nothing in common with its first.
 *
 * @param rows how many rows there are
 * @param least cosine, 0..1
 * @param isIn whether a row takes part
 * @returns groups of at least two rows, the largest first
 */
export function lookAlikes(
  rows: number,
  { a, b, similarities }: NearPairs,
  least: number,
  isIn: (row: number) => boolean,
): LookAlikeGroup[] {
  const takesPart = Uint8Array.from({ length: rows }, (_, row) => Number(isIn(row)));
  const neighbours = new Map<number, { row: number; similarity: number }[]>();
  const connect = (row: number, other: number, similarity: number): void => {
    const known = neighbours.get(row);
    if (known) known.push({ row: other, similarity });
    else neighbours.set(row, [{ row: other, similarity }]);
  };
  for (let pair = 0; pair < similarities.length; pair++) {
    const similarity = similarities[pair]!;
    const [one, other] = [a[pair]!, b[pair]!];
    if (similarity < least || takesPart[one] === 0 || takesPart[other] === 0) continue;
    connect(one, other, similarity);
    connect(other, one, similarity);
  }
  const leaders = [...neighbours].sort(
    ([one, its], [other, theirs]) => theirs.length - its.length || one - other,
  );
  const isTaken = new Uint8Array(rows);
  const groups: LookAlikeGroup[] = [];
  for (const [leader, near] of leaders) {
    if (isTaken[leader] === 1) continue;
    const members = near
      .filter(({ row }) => isTaken[row] === 0)
      .sort((one, other) => other.similarity - one.similarity || one.row - other.row)
      .map(({ row }) => row);
    if (members.length === 0) continue;
    const group = [leader, ...members];
    for (const row of group) isTaken[row] = 1;
    groups.push(group);
  }
  return groups.sort((one, other) => other.length - one.length || one[0]! - other[0]!);
}
