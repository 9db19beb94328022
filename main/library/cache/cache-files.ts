import { readdirSync, rmSync, statSync, type Dirent } from 'node:fs';
import { join } from 'node:path';
import { MARKS_FOLDER } from '../../files/cache-marks.ts';
import { emptyUsage, type CacheKind, type CacheUsage } from '../../../shared/library/cache.ts';

/*
 * The files of a project's cache. All functions are synchronous and may take seconds with 100,000 pictures, so they run
 * on the thread of cache-worker.ts.
 */

/** A file of the cache. */
export interface CacheFile {
  path: string;
  kind: CacheKind;
  bytes: number;
  /** When it was last read or written. Many systems record reading once a day at most, or never. */
  usedMs: number;
}

/** Folders of the cache by kind; every other folder counts as "other". */
const KIND_OF_FOLDER: Readonly<Record<string, CacheKind>> = {
  thumbnails: 'thumbnails',
  pixels: 'pixels',
  features: 'features',
  index: 'index',
  duplicates: 'index',
};

/** All files below the folders of a cache. Files directly in it are notes of a few bytes, and are left alone. */
export function listCache(cacheDir: string): CacheFile[] {
  const files: CacheFile[] = [];
  for (const entry of entriesOf(cacheDir)) {
    if (!entry.isDirectory() || entry.name === MARKS_FOLDER) continue;
    collect(join(cacheDir, entry.name), KIND_OF_FOLDER[entry.name] ?? 'other', files);
  }
  return files;
}

function collect(folder: string, kind: CacheKind, files: CacheFile[]): void {
  for (const entry of entriesOf(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      collect(path, kind, files);
      continue;
    }
    const found = statSync(path, { throwIfNoEntry: false });
    if (!found) continue;
    files.push({ path, kind, bytes: found.size, usedMs: Math.max(found.mtimeMs, found.atimeMs) });
  }
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    // It does not exist, or has just been removed.
    return [];
  }
}

export function usageOf(files: Iterable<Pick<CacheFile, 'kind' | 'bytes'>>): CacheUsage {
  const usage = emptyUsage();
  for (const { kind, bytes } of files) {
    for (const size of [usage.kinds[kind], usage.total]) {
      size.files++;
      size.bytes += bytes;
    }
  }
  return usage;
}

/**
 * The files to remove so that a cache takes at most `limitBytes`, least recently used first. The index is kept: it
 * takes only 3 kB per picture, but as long to compute as the features, and open projects suggest labels from it.
 */
export function oldestOver(files: readonly CacheFile[], limitBytes: number): CacheFile[] {
  let over = usageOf(files).total.bytes - limitBytes;
  const oldest = files.filter(({ kind }) => kind !== 'index').sort((a, b) => a.usedMs - b.usedMs);
  return oldest.filter(({ bytes }) => {
    if (over <= 0) return false;
    over -= bytes;
    return true;
  });
}

/**
 * Removes files, except those that can't be removed.
 *
 * @param onProgress called after each file with the number of files tried
 * @returns the removed files
 */
export function removeFiles(files: readonly CacheFile[], onProgress: (done: number) => void): CacheFile[] {
  return files.filter(({ path }, index) => {
    try {
      rmSync(path, { force: true });
      return true;
    } catch {
      // Open in another program on Windows, or a folder without write permission.
      return false;
    } finally {
      onProgress(index + 1);
    }
  });
}

/**
 * When something was last added to a cache or removed from it, from the times of its folders, in milliseconds; 0 for an
 * empty cache. Takes a few milliseconds, since it does not read the files.
 */
export function cacheChangedMs(cacheDir: string): number {
  let latest = 0;
  for (const entry of entriesOf(cacheDir)) {
    if (!entry.isDirectory() || entry.name === MARKS_FOLDER) continue;
    const folder = join(cacheDir, entry.name);
    const inner = entriesOf(folder).filter((child) => child.isDirectory());
    for (const path of [folder, ...inner.map(({ name }) => join(folder, name))])
      latest = Math.max(latest, statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0);
  }
  return latest;
}
