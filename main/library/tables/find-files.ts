import { opendir, realpath } from 'node:fs/promises';
import path from 'node:path';
import { mapAhead } from '../../support/ahead.ts';
import { isExport } from '../../files/export-marks.ts';
import { inTurns } from '../../support/in-turns.ts';
import { fileKey } from '../pictures/names.ts';
import { pathOf, placeOf } from '../pictures/place.ts';
import { hasPictureEnding, walk } from '../import/walk.ts';
import { looseKey, NameIndex, type Match } from './name-index.ts';
import type { CellPath } from './cell-path.ts';

/** Finds the pictures that a table's cells name. */
export interface Finder {
  /** The searched place, for messages: `in or below /photos`. */
  where: string;
  /** The pictures at these paths, relative ones taken from the table's folder. */
  atPath: (paths: readonly CellPath[]) => Promise<Match[]>;
  /** The pictures whose paths have the same last parts, wherever they are. */
  byName: (paths: readonly CellPath[]) => Promise<Match[]>;
  /** The picture with this SHA-256; null if there is none. */
  byContent?: (sha256: string) => Match | null;
}

export interface FindOptions {
  signal?: AbortSignal;
  /** Receives the number of pictures found so far while folders are searched. */
  onFound?: (pictures: number) => void;
}

interface Listing {
  /** Real path. */
  folder: string;
  byName: Map<string, string[]>;
  byStem: Map<string, string[]>;
}

/** Items per turn of the event loop: a few milliseconds. */
const AT_ONCE = 500;
const FOLDERS_AHEAD = 16;

/**
 * Finds files on the disk. Each folder is listed once. Everything below the given folders is searched only when
 * `byName` is first called.
 *
 * @param folders the table's own first
 */
export function fileFinder(folders: readonly string[], options: FindOptions = {}): Finder {
  const listings = new Map<string, Listing | null>();
  let index: Promise<NameIndex> | undefined;
  const list = async (paths: readonly CellPath[]): Promise<void> => {
    const wanted = new Set<string>();
    for await (const some of inTurns(paths, AT_ONCE)) {
      for (const one of some) {
        for (const file of filesOf(one, folders)) wanted.add(path.dirname(file));
      }
    }
    const unknown = [...wanted].filter((folder) => !listings.has(folder));
    const listed = mapAhead(
      unknown,
      FOLDERS_AHEAD,
      async (folder) => [folder, await listFolder(folder)] as const,
    );
    for await (const [folder, listing] of listed) listings.set(folder, listing);
  };
  return {
    where: `in or below ${folders.join(' and ')}`,
    atPath: async (paths) => {
      await list(paths);
      return each(paths, (one) => {
        for (const { directory, name } of filesOf(one, folders).map(placeOf)) {
          const listing = listings.get(directory);
          const match = listing ? inListing(listing, name) : null;
          if (match) return match;
        }
        return { kind: 'none' };
      });
    },
    byName: async (paths) => {
      const names = await (index ??= indexBelow(folders, options));
      return each(paths, (one) => names.find(one));
    },
  };
}

/** Maps many items with a fast function, in turns of the event loop. */
export async function each<T, R>(items: readonly T[], map: (item: T) => R): Promise<R[]> {
  const results: R[] = [];
  for await (const some of inTurns(items, AT_ONCE)) for (const item of some) results.push(map(item));
  return results;
}

function filesOf({ local }: CellPath, folders: readonly string[]): string[] {
  if (local === null || local === '') return [];
  return path.isAbsolute(local)
    ? [path.resolve(local)]
    : folders.map((folder) => path.resolve(folder, local));
}

/** Lists a folder; null if it does not exist or is unreadable. */
async function listFolder(folder: string): Promise<Listing | null> {
  try {
    const listing: Listing = { folder: await realpath(folder), byName: new Map(), byStem: new Map() };
    for await (const entry of await opendir(folder, { bufferSize: 512 })) {
      if (entry.isDirectory()) continue;
      add(listing.byName, looseKey(entry.name), entry.name);
      if (hasPictureEnding(entry.name))
        add(listing.byStem, looseKey(path.parse(entry.name).name), entry.name);
    }
    return listing;
  } catch {
    return null;
  }
}

function add(names: Map<string, string[]>, key: string, name: string): void {
  const there = names.get(key);
  if (there) there.push(name);
  else names.set(key, [name]);
}

function inListing({ folder, byName, byStem }: Listing, name: string): Match | null {
  const alike = byName.get(looseKey(name)) ?? byStem.get(looseKey(name)) ?? [];
  const closest = [
    alike.filter((other) => other === name),
    alike.filter((other) => fileKey(other) === fileKey(name)),
    alike,
  ].find(({ length }) => length > 0);
  if (!closest) return null;
  const places = closest.map((other) => ({ directory: folder, name: other }));
  return places.length === 1 ? { kind: 'one', place: places[0]!, by: 'path' } : { kind: 'several', places };
}

async function indexBelow(folders: readonly string[], { signal, onFound }: FindOptions): Promise<NameIndex> {
  const index = new NameIndex();
  const known = new Set<string>();
  for (const folder of folders) {
    const { pictures } = await walk(folder, {
      // Exported copies are not the pictures, unless the table itself belongs to an export.
      exports: (await isExport(folder)) ? 'include' : 'skip',
      ...(signal ? { signal } : {}),
      onFound: (found) => onFound?.(known.size + found),
    });
    for await (const some of inTurns(pictures, AT_ONCE)) {
      for (const place of some) {
        const file = pathOf(place);
        if (!known.has(file)) index.add(place);
        known.add(file);
      }
    }
  }
  return index;
}
