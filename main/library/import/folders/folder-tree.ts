import type { Split } from '../../../../shared/split.ts';
import { inTurns } from '../../../support/in-turns.ts';
import { classKey } from '../../pictures/names.ts';
import { splitOf } from '../split-words.ts';
import type { FoundFile } from '../walk.ts';

/** A folder of the import with pictures in it or further down. */
export interface Folder {
  name: string;
  /** `classKey` of the name. */
  key: string;
  folders: readonly Folder[];
  /** Sub-folders that set a split: by their names, or because these differ only in a split word. */
  splits: ReadonlyMap<Folder, Split>;
  /** Pictures in the folder itself. */
  loose: number;
}

export interface FolderTree {
  root: Folder;
  /** The folder of a file's `under`, which all files of a directory share. */
  of: ReadonlyMap<readonly string[], Folder>;
}

interface Building extends Folder {
  folders: Building[];
  splits: Map<Folder, Split>;
  byName: Map<string, Building>;
  split: Split | null;
  compound: { split: Split; rest: string } | null;
}

/** Files per turn of the event loop: a few milliseconds, even where each is in its own folder. */
const AT_ONCE = 1000;

/** The folders between the imported one and its pictures, as a tree, built in turns of the event loop. */
export async function folderTree(found: readonly FoundFile[]): Promise<FolderTree> {
  const root = emptyFolder('');
  const of = new Map<readonly string[], Building>();
  const all = [root];
  const inside = (folder: Building, name: string): Building => {
    const known = folder.byName.get(name);
    if (known) return known;
    const made = emptyFolder(name);
    folder.byName.set(name, made);
    folder.folders.push(made);
    all.push(made);
    return made;
  };
  for await (const files of inTurns(found, AT_ONCE)) {
    for (const { under } of files) {
      const folder = of.get(under) ?? under.reduce(inside, root);
      of.set(under, folder);
      folder.loose++;
    }
  }
  for await (const folders of inTurns(all, AT_ONCE)) {
    for (const folder of folders) folder.splits = splitsAmong(folder.folders);
  }
  return { root, of };
}

function emptyFolder(name: string): Building {
  return {
    name,
    key: classKey(name),
    folders: [],
    splits: new Map(),
    loose: 0,
    byName: new Map(),
    split: splitOf(name),
    compound: compoundSplit(name),
  };
}

function splitsAmong(folders: readonly Building[]): Map<Folder, Split> {
  const splits = new Map<Folder, Split>();
  const alike = new Map<string, Building[]>();
  for (const folder of folders) {
    // A single folder with splits inside only wraps them: in `test/train` and `test/val`, `test` is no split.
    const wraps = folders.length === 1 && folder.folders.some(({ split }) => split !== null);
    if (folder.split !== null && !wraps) splits.set(folder, folder.split);
    if (folder.compound === null) continue;
    const { rest } = folder.compound;
    alike.set(rest, [...(alike.get(rest) ?? []), folder]);
  }
  for (const group of alike.values()) {
    if (new Set(group.map(({ compound }) => compound!.split)).size < 2) continue;
    for (const folder of group) splits.set(folder, folder.compound!.split);
  }
  return splits;
}

/** The split word in `train_images`, `seg_test` or `val2017`, and the rest of the name. */
function compoundSplit(name: string): { split: Split; rest: string } | null {
  const words = name.toLowerCase().match(/\p{L}+|\p{N}+/gu) ?? [];
  const index = words.findIndex((word) => splitOf(word) !== null);
  if (index < 0 || words.length === 1) return null;
  return { split: splitOf(words[index]!)!, rest: words.toSpliced(index, 1).join(' ') };
}

/** Names by `classKey`, each as first written. */
export type Names = ReadonlyMap<string, string>;

export function namesOf(folders: Iterable<Folder>): Names {
  const names = new Map<string, string>();
  for (const { key, name } of folders) if (!names.has(key)) names.set(key, name);
  return names;
}
