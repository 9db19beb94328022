import { existsSync } from 'node:fs';
import { lstat, mkdir, open, readdir, rename, rm, rmdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { TwofoldError } from '../../shared/errors.ts';
import { hasCard } from './export-marks.ts';
import { removeLeftOvers, setAside, withTemporary } from './left-overs.ts';

/**
 * Makes a folder that is there only when it is complete: `write` fills a temporary one beside it, which then takes its
 * name. When anything fails, what was written is removed and what was there is untouched.
 *
 * @param options `force` replaces an export that is there; any other folder or file is never replaced. `sync` (default)
 * waits until everything is on the disk; left out for copies of files that are there anyway
 * @returns what `write` returns
 * @throws TwofoldError `exists`; whatever `write` throws
 */
export async function makeFolder<T>(
  target: string,
  { force, sync = true }: { force: boolean; sync?: boolean },
  write: (folder: string) => Promise<T>,
): Promise<T> {
  const final = resolve(target);
  await requireFree(final, force);
  const parent = dirname(final);
  const firstMade = await mkdir(parent, { recursive: true });
  return withTemporary(final, async (temporary) => {
    try {
      await mkdir(temporary);
      const result = await write(temporary);
      if (sync) await syncFiles(temporary);
      await requireFree(final, force);
      await replace(temporary, final);
      return result;
    } catch (error) {
      await rm(temporary, { recursive: true, force: true });
      if (firstMade !== undefined) await removeEmpty(parent, firstMade);
      throw error;
    }
  });
}

/** Takes the folders from `last` up to `first` away that were made for nothing. */
async function removeEmpty(last: string, first: string): Promise<void> {
  try {
    for (let folder = last; folder.length >= first.length; folder = dirname(folder)) await rmdir(folder);
  } catch {
    // Somebody else has put something there.
  }
}

/**
 * Refuses a target that is there, except an earlier export where that may be replaced. Before that, removes what killed
 * exports to it left behind.
 *
 * @throws TwofoldError `exists`; `bad-input` below a file
 */
export async function requireFree(target: string, force: boolean): Promise<void> {
  await removeLeftOvers(target);
  const there = await lstat(target).catch((error: unknown) => {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return null;
    if (code !== 'ENOTDIR') throw error;
    throw new TwofoldError(
      'bad-input',
      `${target} can't be made: what is above it is a file. Choose a place in a folder.`,
    );
  });
  if (!there) return;
  if (!there.isDirectory() || !(await hasCard(target))) {
    throw new TwofoldError(
      'exists',
      `${target} is there already and is no export of Twofold's, so it is not replaced. Choose another place.`,
    );
  }
  if (force) return;
  throw new TwofoldError(
    'exists',
    `${target} is there already. Choose another place, or replace it with --force.`,
  );
}

/** Takes the old folder aside first, since a folder can't be renamed onto a full one; puts it back when that fails. */
async function replace(temporary: string, final: string): Promise<void> {
  if (!existsSync(final)) {
    await rename(temporary, final);
    return;
  }
  const old = setAside(temporary);
  await rename(final, old);
  try {
    await rename(temporary, final);
  } catch (error) {
    await rename(old, final);
    throw error;
  }
  await rm(old, { recursive: true, force: true });
}

/**
 * Only what is on the disk may get the final name: after a power cut a rename can outlive the data. Files with a second
 * name are links to what was there before, and perhaps not ours to open for writing.
 */
async function syncFiles(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isFile() || (await lstat(path)).nlink > 1) continue;
    const file = await open(path, 'r+');
    try {
      await file.sync();
    } finally {
      await file.close();
    }
  }
}
