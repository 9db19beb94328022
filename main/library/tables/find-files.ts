import { opendir, realpath } from 'node:fs/promises';
import path from 'node:path';
import { mapAhead } from '../../support/ahead.ts';
import { isExport } from '../../files/export-marks.ts';
import { inTurns } from '../../support/in-turns.ts';
import { joinPath } from '../pictures/directories.ts';
import { fileKey } from '../pictures/names.ts';
import { hasPictureEnding, walk } from '../import/walk.ts';
import { looseKey, NameIndex, type Match } from './name-index.ts';
import type { Place } from './place.ts';

/** Finds the pictures that a table's cells name. */
export interface Finder {
  /** Where is looked, for a sentence: `in or below /photos`. */
  where: string;
  /** What stands at these places themselves, each counted from the table's folder. */
  atPath: (places: readonly Place[]) => Promise<Match[]>;
  /** What has the places' last parts, wherever it is. */
  byName: (places: readonly Place[]) => Promise<Match[]>;
  /** Whatever has this SHA-256; null where nothing does. */
  byContent?: (sha256: string) => Match | null;
}

export interface FindOptions {
  signal?: AbortSignal;
  /** Told now and then how many pictures were found while folders are looked through. */
  onFound?: (pictures: number) => void;
}

interface Listing {
  /** Real path. */
  folder: string;
  byName: Map<string, string[]>;
  byStem: Map<string, string[]>;
}

/** Places a turn of the event loop: some milliseconds. */
const AT_ONCE = 500;
const FOLDERS_AHEAD = 16;

/**
 * Finds files on the disk. Folders are listed once each; what is below the table's folder, or the folders given, is
 * looked through only when `byName` is called for the first time.
 *
 * @param folders the table's own first
 */
export function fileFinder(folders: readonly string[], options: FindOptions = {}): Finder {
  const listings = new Map<string, Listing | null>();
  let index: Promise<NameIndex> | undefined;
  const list = async (places: readonly Place[]): Promise<void> => {
    const wanted = new Set<string>();
    for await (const some of inTurns(places, AT_ONCE)) {
      for (const place of some) {
        for (const file of filesOf(place, folders)) wanted.add(path.dirname(file));
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
    atPath: async (places) => {
      await list(places);
      return each(places, (place) => {
        for (const file of filesOf(place, folders)) {
          const listing = listings.get(path.dirname(file));
          const match = listing ? inListing(listing, path.basename(file)) : null;
          if (match) return match;
        }
        return { kind: 'none' };
      });
    },
    byName: async (places) => {
      const names = await (index ??= indexBelow(folders, options));
      return each(places, (place) => names.find(place));
    },
  };
}

/** Applies a quick function to many, in turns of the event loop. */
export async function each<T, R>(items: readonly T[], map: (item: T) => R): Promise<R[]> {
  const results: R[] = [];
  for await (const some of inTurns(items, AT_ONCE)) for (const item of some) results.push(map(item));
  return results;
}

function filesOf({ local }: Place, folders: readonly string[]): string[] {
  if (local === null || local === '') return [];
  return path.isAbsolute(local)
    ? [path.resolve(local)]
    : folders.map((folder) => path.resolve(folder, local));
}

/** Null where there is no such folder, or it can't be read. */
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
  const paths = closest.map((other) => joinPath(folder, other));
  return paths.length === 1 ? { kind: 'one', path: paths[0]!, by: 'path' } : { kind: 'several', paths };
}

async function indexBelow(folders: readonly string[], { signal, onFound }: FindOptions): Promise<NameIndex> {
  const index = new NameIndex();
  const known = new Set<string>();
  for (const folder of folders) {
    const { pictures } = await walk(folder, {
      // Copies that Twofold exported are not the pictures, unless the table is one of an export.
      exports: (await isExport(folder)) ? 'take' : 'pass-over',
      ...(signal ? { signal } : {}),
      onFound: (found) => onFound?.(known.size + found),
    });
    for await (const some of inTurns(pictures, AT_ONCE)) {
      for (const { directory, name } of some) {
        const file = joinPath(directory, name);
        if (!known.has(file)) index.add(directory, name);
        known.add(file);
      }
    }
  }
  return index;
}
