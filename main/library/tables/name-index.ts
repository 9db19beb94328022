import path from 'node:path';
import type { Place } from '../pictures/place.ts';
import { fileKey } from '../pictures/names.ts';
import { splitOf } from '../import/split-words.ts';
import type { CellPath } from './cell-path.ts';

/** The files found for a cell; of many, the first ones. */
export type Match =
  | { kind: 'one'; place: Place; by: 'path' | 'name' | 'content' }
  | { kind: 'several'; places: Place[] }
  | { kind: 'none' };

/** Files whose paths have the same last parts; grouped by the folder before these on demand. */
interface Alike {
  entries: Place[];
  byFolder: Map<string, Alike> | null;
}

/** More files than this with the same last parts count as ambiguous without a closer look. */
const MOST_COMPARED = 100;

/** Finds files by the last parts of their paths, ignoring case and Unicode form; the same case is preferred. */
export class NameIndex {
  readonly #byName = new Map<string, Alike>();
  readonly #byStem = new Map<string, Alike>();
  readonly #folders = new Map<string, string[]>();

  add(place: Place): void {
    put(this.#byName, looseKey(place.name), place);
    put(this.#byStem, looseKey(path.parse(place.name).name), place);
  }

  /**
   * The file with this name, otherwise with this name without its extension, that has the most last folders in common;
   * `several` if two have as many. Files in a folder of another split than the path's are excluded.
   */
  find({ parts, original }: CellPath): Match {
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
      const closer = this.#grouped(alike, common).get(folders.at(-1 - common)!);
      if (!closer) break;
      alike = closer;
    }
    const wanted = splitIn(folders, common);
    const candidates =
      wanted === null || alike.entries.length > MOST_COMPARED
        ? alike.entries
        : alike.entries.filter(({ directory }) => {
            const is = splitIn(this.#foldersOf(directory), common);
            return is === null || is === wanted;
          });
    const sameCase =
      candidates.length > MOST_COMPARED
        ? []
        : candidates.filter((place) => fileKey(place.name) === fileKey(name));
    const places = (sameCase.length === 1 ? sameCase : candidates).slice(0, MOST_COMPARED);
    if (places.length === 1) return { kind: 'one', place: places[0]!, by: 'name' };
    return places.length === 0 ? { kind: 'none' } : { kind: 'several', places };
  }

  /** Groups files by the folder before their last `common` ones. */
  #grouped(alike: Alike, common: number): Map<string, Alike> {
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

/** Key for comparing file names without case. */
export function looseKey(name: string): string {
  return fileKey(name).toLowerCase();
}

function put(map: Map<string, Alike>, key: string, place: Place): void {
  const there = map.get(key);
  if (there) there.entries.push(place);
  else map.set(key, { entries: [place], byFolder: null });
}

/** The split that the folders before the last `common` ones name. */
function splitIn(folders: readonly string[], common: number): ReturnType<typeof splitOf> {
  const words = folders.slice(0, folders.length - common).map(splitOf);
  return words.findLast((split) => split !== null) ?? null;
}
