import { existsSync } from 'node:fs';
import { lstat, mkdir, open, readdir, rename, rm, rmdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { TwofoldError } from '../../shared/errors.ts';
import { hasCard } from './export-marks.ts';
import { removeLeftOvers, setAside, withTemporary } from './left-overs.ts';

/**
 * Creates a folder that appears when it is complete: `write` fills a temporary one beside it, which then takes its name
 * and the place of what was there. When anything fails, what was written is removed and what was there is untouched.
 * First removes what killed writers of the same folder left behind.
 *
 * @param options `check` may refuse the target by throwing, before and after the work; `durable: false` does not wait
 * for the disk, for copies and caches
 * @returns what `write` returns
 */
export async function replaceFolder<T>(
  target: string,
  { check, durable = true }: { check?: () => Promise<void>; durable?: boolean },
  write: (folder: string) => Promise<T>,
): Promise<T> {
  const final = resolve(target);
  await removeLeftOvers(final);
  await check?.();
  const parent = dirname(final);
  const firstCreated = await mkdir(parent, { recursive: true });
  return withTemporary(final, async (temporary) => {
    try {
      await mkdir(temporary);
      const result = await write(temporary);
      if (durable) await syncFiles(temporary);
      await check?.();
      await replace(temporary, final);
      return result;
    } catch (error) {
      await rm(temporary, { recursive: true, force: true });
      if (firstCreated !== undefined) await removeEmpty(parent, firstCreated);
      throw error;
    }
  });
}

/** `replaceFolder` for exports. @param options `force` replaces an earlier export; see `requireFree` */
export async function createExportFolder<T>(
  target: string,
  { force, durable = true }: { force: boolean; durable?: boolean },
  write: (folder: string) => Promise<T>,
): Promise<T> {
  return replaceFolder(target, { check: () => requireFree(target, force), durable }, write);
}

/**
 * Refuses a target that exists, except an earlier export where that may be replaced.
 *
 * @throws TwofoldError `exists`; `bad-input` below a file
 */
export async function requireFree(target: string, force: boolean): Promise<void> {
  const found = await lstat(target).catch((error: unknown) => {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return null;
    if (code !== 'ENOTDIR') throw error;
    throw new TwofoldError(
      'bad-input',
      `${target} can't be created, because part of its path is a file. Choose a place in a folder.`,
    );
  });
  if (!found) return;
  if (!found.isDirectory() || !(await hasCard(target))) {
    throw new TwofoldError(
      'exists',
      `${target} already exists and is not a Twofold export, so it is not replaced. Choose another place.`,
    );
  }
  if (force) return;
  throw new TwofoldError(
    'exists',
    `${target} already exists. Choose another place, or replace it with --force.`,
  );
}

/** Removes the empty folders from `last` up to `first`. */
async function removeEmpty(last: string, first: string): Promise<void> {
  try {
    for (let folder = last; folder.length >= first.length; folder = dirname(folder)) await rmdir(folder);
  } catch {
    // Something else has been put there.
  }
}

/** Moves the old folder aside first, since a folder can't be renamed onto a full one; restores it when that fails. */
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
 * After a power cut a rename can outlive the data, so the data goes to the disk first. Files with several names are
 * links to existing files, which may not be writable.
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
