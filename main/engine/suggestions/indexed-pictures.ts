import { INDEX_WIDTH } from '../../insight/index-store.ts';
import { RowBlocks } from '../../insight/row-blocks.ts';
import { PictureTable } from '../../library/reading/picture-table.ts';
import { eachIndex, type Steps } from '../../support/steps.ts';

/** Pictures per step. */
const SOME = 4096;

/**
 * The pictures of a project with their vectors (one per content). Of an object only labels change, and vectors are added
 * that have no picture in it; pictures that were read again are another object, so that long work can continue with the
 * one it began with.
 */
export interface IndexedPictures {
  readonly table: PictureTable;
  readonly vectors: RowBlocks;
  /** Row of each picture's vector, in the order of the table; -1 if it is not indexed. */
  readonly rows: Int32Array;
}

/** Pictures of which none is indexed. */
export const unindexed = (table: PictureTable): IndexedPictures => ({
  table,
  vectors: new RowBlocks(INDEX_WIDTH),
  rows: new Int32Array(table.size).fill(-1),
});

/** Number of pictures with a vector. */
export function countIndexed({ rows }: IndexedPictures): number {
  let count = 0;
  for (const row of rows) if (row >= 0) count++;
  return count;
}

/**
 * Ids of the pictures to index: those that have a file but no vector, one per content.
 *
 * @param except SHA-256 of contents that can't be read
 */
export function* missingPictures(
  { table, rows }: IndexedPictures,
  except: ReadonlySet<string>,
): Steps<number[]> {
  const contents = new Map<string, number>();
  yield* eachIndex(table.size, SOME, (index) => {
    if (rows[index] !== -1 || table.hasProblem[index] === 1) return;
    const hash = table.hashes[index]!;
    if (!except.has(hash)) contents.set(hash, table.ids[index]!);
  });
  return [...contents.values()];
}
