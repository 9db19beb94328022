import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import { open, readdir, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/**
 * Files that hold either all of the new content or what they held before, even when the process is killed or the machine
 * loses power: temporary file in the same folder, fsync, rename, fsync of the folder. When writing fails, the temporary
 * file is removed and the error is thrown. `write-file-atomic` does the same for small texts.
 */

const TEMPORARY = /^\.twofold-[0-9a-f]{12}\.tmp$/;

const temporaryFor = (path: string): string =>
  join(dirname(path), `.twofold-${randomBytes(6).toString('hex')}.tmp`);

/** @param write creates the file it is given */
export async function replaceFile(path: string, write: (temporary: string) => Promise<void>): Promise<void> {
  const temporary = temporaryFor(path);
  try {
    await write(temporary);
    await sync(temporary, 'r+');
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  // Windows can't sync a folder and need not.
  if (process.platform !== 'win32') await sync(dirname(path), 'r');
}

/**
 * `replaceFile`, blocking.
 *
 * @param options `durable: false` for caches that check what they read: nothing waits for the disk
 */
export function replaceFileSync(
  path: string,
  write: (temporary: string) => void,
  { durable = true } = {},
): void {
  const temporary = temporaryFor(path);
  try {
    write(temporary);
    if (durable) syncNow(temporary, 'r+');
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  if (durable && process.platform !== 'win32') syncNow(dirname(path), 'r');
}

/** `replaceFile` for content that is written in pieces. @param write writes to the handle it is given */
export async function writeAtomically<T>(path: string, write: (file: FileHandle) => Promise<T>): Promise<T> {
  let result: T;
  await replaceFile(path, async (temporary) => {
    const file = await open(temporary, 'wx');
    try {
      result = await write(file);
    } finally {
      await file.close();
    }
  });
  return result!;
}

/** Removes what killed writers left in a folder. Nobody else may be writing there. */
export async function removeTemporaries(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (TEMPORARY.test(name)) await rm(join(folder, name), { force: true });
  }
}

async function sync(path: string, flags: string): Promise<void> {
  const handle = await open(path, flags);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function syncNow(path: string, flags: string): void {
  const file = openSync(path, flags);
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
