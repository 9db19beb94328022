import path from 'node:path';
import type { Split } from '../../../shared/split.ts';
import { inTurns } from '../../support/in-turns.ts';
import { quoted } from '../import/match-classes.ts';
import { classKey } from '../pictures/names.ts';
import { splitOf } from '../import/split-words.ts';
import type { CellPath } from './cell-path.ts';
import type { PictureRow } from './read.ts';

/** Rows per turn of the event loop. */
const AT_ONCE = 500;

/**
 * Sets the split of rows from the folders in their paths, for a table without a split column, as an import of folders
 * does: the outermost split word counts. Only if one of them is the test set and none is the class itself
 * (`test/1.jpg,test`).
 *
 * @param rows modified in place
 * @param folder folder of the table
 * @returns a note; null if no split was set
 */
export async function splitByFolders(rows: readonly PictureRow[], folder: string): Promise<string | null> {
  const found: { row: PictureRow; word: string; split: Split }[] = [];
  for await (const some of inTurns(rows, AT_ONCE)) {
    for (const row of some) {
      const word = foldersOf(row.cell, folder).find((name) => splitOf(name) !== null);
      if (word !== undefined) found.push({ row, word, split: splitOf(word)! });
    }
  }
  if (!found.some(({ split }) => split === 'test')) return null;
  if (found.some(({ row, word }) => classKey(row.label) === classKey(word))) return null;
  for (const { row, split } of found) row.split = split;
  const words = [...new Set(found.map(({ word }) => word))];
  const set = words.length === 1 ? `folder ${quoted(words)} sets` : `folders ${quoted(words)} set`;
  return `No split column: the ${set} it.`;
}

/** The folders of a path below the table's folder; none for a path outside, whose folders may wrap the whole set. */
function foldersOf({ local, parts }: CellPath, folder: string): string[] {
  if (local === null) return [];
  if (!path.isAbsolute(local)) return parts.slice(0, -1);
  const below = path.relative(folder, local).split(path.sep);
  return below[0] === '..' || path.isAbsolute(below.join(path.sep)) ? [] : below.slice(0, -1);
}
