import { sortedPlaces } from '../support/sorted-places.ts';
import { eachIndex, type Steps } from '../support/steps.ts';

/** Pairs of rows that are among each other's nearest, with their cosines; parallel arrays. */
export interface NearPairs {
  a: Int32Array;
  b: Int32Array;
  similarities: Float32Array;
}

/** A group of rows: the first is the one that all others are alike to, the most similar of these first. */
export type LookAlikeGroup = number[];

/** Pairs per step. */
const SOME = 16_384;
/** Rows per step, each with its neighbours. */
const SOME_ROWS = 1024;

/**
 * Groups rows so that every row of a group has at least a cosine with its first row: leader clustering by number of
 * neighbours (Butina, 1999). Unlike chains of pairs, a group never connects rows that have nothing in common with its first.
 *
 * @param least cosine, 0..1
 * @param takesPart [rows], 1 for those to group
 * @yields after some thousand pairs or rows
 * @returns groups of at least two rows, the largest first
 */
export function* lookAlikeSteps(
  pairs: NearPairs,
  least: number,
  takesPart: Uint8Array,
): Steps<LookAlikeGroup[]> {
  const rows = takesPart.length;
  const { starts, others, similarities } = yield* neighboursOf(pairs, least, takesPart);
  const countOf = (row: number): number => starts[row + 1]! - starts[row]!;
  const counts = new Float64Array(rows);
  for (let row = 0; row < rows; row++) counts[row] = -countOf(row);
  const leaders = sortedPlaces(counts);
  yield;
  const isTaken = new Uint8Array(rows);
  const groups: LookAlikeGroup[] = [];
  yield* eachIndex(rows, SOME_ROWS, (at) => {
    const leader = leaders[at]!;
    if (isTaken[leader] === 1) return;
    const members: number[] = [];
    for (let place = starts[leader]!; place < starts[leader + 1]!; place++) {
      if (isTaken[others[place]!] === 0) members.push(place);
    }
    if (members.length === 0) return;
    members.sort((one, other) => similarities[other]! - similarities[one]! || others[one]! - others[other]!);
    const group = [leader, ...members.map((place) => others[place]!)];
    for (const row of group) isTaken[row] = 1;
    groups.push(group);
  });
  yield;
  const sorted = sortedPlaces(Float64Array.from(groups, (group) => group[0]! - rows * group.length));
  return Array.from(sorted, (place) => groups[place]!);
}

interface Neighbours {
  /** [rows + 1]: the neighbours of a row are those from its start to that of the next row. */
  starts: Uint32Array;
  others: Int32Array;
  similarities: Float32Array;
}

/** The neighbours of each row, as arrays: a list of objects for each would take seconds to make for 100,000 rows. */
function* neighboursOf(pairs: NearPairs, least: number, takesPart: Uint8Array): Steps<Neighbours> {
  const { a, b } = pairs;
  const counts = pairs.similarities.length;
  const isNear = (pair: number): boolean =>
    pairs.similarities[pair]! >= least && takesPart[a[pair]!] === 1 && takesPart[b[pair]!] === 1;
  const starts = new Uint32Array(takesPart.length + 1);
  yield* eachIndex(counts, SOME, (pair) => {
    if (!isNear(pair)) return;
    starts[a[pair]! + 1]!++;
    starts[b[pair]! + 1]!++;
  });
  for (let row = 0; row < takesPart.length; row++) starts[row + 1]! += starts[row]!;
  const next = starts.slice();
  const others = new Int32Array(starts.at(-1)!);
  const similarities = new Float32Array(others.length);
  const connect = (row: number, other: number, similarity: number): void => {
    const place = next[row]!++;
    others[place] = other;
    similarities[place] = similarity;
  };
  yield* eachIndex(counts, SOME, (pair) => {
    if (!isNear(pair)) return;
    connect(a[pair]!, b[pair]!, pairs.similarities[pair]!);
    connect(b[pair]!, a[pair]!, pairs.similarities[pair]!);
  });
  return { starts, others, similarities };
}
