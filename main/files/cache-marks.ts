import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isGone, thisProcess } from '../support/processes.ts';

/*
 * Marks of the jobs that use a cache, one file each, so that no files are removed while a job of any program uses them.
 * Marks of killed processes do not count.
 */

/** Folder of the marks in a cache. */
export const MARKS_FOLDER = 'jobs';

/**
 * Marks a cache as in use by this process. A cache that can't be written needs no mark, since nothing can be removed.
 *
 * @returns a function that removes the mark
 */
export function markCacheUse(cacheDir: string): () => void {
  const dir = join(cacheDir, MARKS_FOLDER);
  const path = join(dir, `${process.pid}-${randomBytes(4).toString('hex')}`);
  try {
    mkdirSync(dir, { recursive: true });
    writeFileSync(path, thisProcess());
  } catch {
    return () => undefined;
  }
  return () => rmSync(path, { force: true });
}

/** Whether a job uses a cache now. Removes the marks of processes that have ended. */
export function isCacheInUse(cacheDir: string): boolean {
  const dir = join(cacheDir, MARKS_FOLDER);
  let names: string[];
  try {
    names = readdirSync(dir);
  } catch {
    return false;
  }
  return names.some((name) => {
    const path = join(dir, name);
    try {
      const noted = readFileSync(path, 'utf8');
      // Empty while it is being written.
      if (noted === '' || !isGone(noted)) return true;
      rmSync(path, { force: true });
    } catch {
      // The job has just ended.
    }
    return false;
  });
}
