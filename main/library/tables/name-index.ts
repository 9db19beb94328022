import path from 'node:path';
import { joinPath } from '../pictures/directories.ts';
import { fileKey } from '../pictures/names.ts';
import { splitOf } from '../import/split-words.ts';
import type { Place } from './place.ts';

/** What was found for a cell; of several files, some. */
export type Match =
  | { kind: 'one'; path: string; by: 'path' | 'name' | 'content' }
  | { kind: 'several'; paths: string[] }
  | { kind: 'none' };

interface Entry {
  directory: string;
  name: string;
}

/** Files whose paths end alike, divided by the folder before that end once somebody asks. */
interface Alike {
  entries: Entry[];
  byFolder: Map<string, Alike> | null;
}

/** More files than this with the same last parts are not told apart by anything else. */
const MOST_COMPARED = 100;

/** Finds files by the last parts of their paths, in NFC and, where that leaves a choice, without case. */
export class NameIndex {
  readonly #byName = new Map<string, Alike>();
  readonly #byStem = new Map<string, Alike>();
  readonly #folders = new Map<string, string[]>();

  add(directory: string, name: string): void {
    const entry = { directory, name };
    put(this.#byName, looseKey(name), entry);
    put(this.#byStem, looseKey(path.parse(name).name), entry);
  }

  /**
   * The file of this name, else of this name without its ending, that has most of the place's last folders in common;
   * `several` where two have as many. A file of another split than the place says is never meant.
   */
  find({ parts, original }: Place): Match {
    const name = parts.at(-1);
    if (name === undefined) return { kind: 'none' };
    let alike =
      this.#byName.get(looseKey(name)) ??
      (original === null ? undefined : this.#byName.get(looseKey(original))) ??
      this.#byStem.get(looseKey(name));
    if (!alike) return { kind: 'none' };
    const folders = parts.slice(0, -1).map(looseKey);
    let common = 0;
    for (; common < folders.length; common++) {
      const closer = this.#divided(alike, common).get(folders.at(-1 - common)!);
      if (!closer) break;
      alike = closer;
    }
    const wanted = splitIn(folders, common);
    const meant =
      wanted === null || alike.entries.length > MOST_COMPARED
        ? alike.entries
        : alike.entries.filter(({ directory }) => {
            const is = splitIn(this.#foldersOf(directory), common);
            return is === null || is === wanted;
          });
    const sameCase = meant.length > MOST_COMPARED ? [] : meant.filter((entry) => sameKey(entry.name, name));
    const paths = (sameCase.length === 1 ? sameCase : meant)
      .slice(0, MOST_COMPARED)
      .map((entry) => joinPath(entry.directory, entry.name));
    if (paths.length === 1) return { kind: 'one', path: paths[0]!, by: 'name' };
    return paths.length === 0 ? { kind: 'none' } : { kind: 'several', paths };
  }

  /** Files that have `common` folders in common, by the folder before these. */
  #divided(alike: Alike, common: number): Map<string, Alike> {
    if (!alike.byFolder) {
      alike.byFolder = new Map();
      for (const entry of alike.entries) {
        const folder = this.#foldersOf(entry.directory).at(-1 - common);
        if (folder !== undefined) put(alike.byFolder, folder, entry);
      }
    }
    return alike.byFolder;
  }

  #foldersOf(directory: string): string[] {
    let folders = this.#folders.get(directory);
    if (!folders) this.#folders.set(directory, (folders = directory.split(path.sep).map(looseKey)));
    return folders;
  }
}

/** How names compare where their case may differ. */
export function looseKey(name: string): string {
  return fileKey(name).toLowerCase();
}

function sameKey(a: string, b: string): boolean {
  return fileKey(a) === fileKey(b);
}

function put(map: Map<string, Alike>, key: string, entry: Entry): void {
  const there = map.get(key);
  if (there) there.entries.push(entry);
  else map.set(key, { entries: [entry], byFolder: null });
}

/** The split that the folders before the last `common` ones name: `train/1.jpg` is not `test/1.jpg`. */
function splitIn(folders: readonly string[], common: number): ReturnType<typeof splitOf> {
  const words = folders.slice(0, folders.length - common).map(splitOf);
  return words.findLast((split) => split !== null) ?? null;
}
