import { randomBytes } from 'node:crypto';
import { open, readdir, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';

const TEMPORARY = /^\.twofold-[0-9a-f]{12}\.tmp$/;

/**
 * Writes a file so that `path` holds either all of the new content or what it held before, even when the process is
 * killed or the machine loses power: temporary file in the same folder, fsync, rename, fsync of the folder. When
 * `write` or the disk fails, the temporary file is removed and the error is thrown on. For content too large to be held
 * in memory a second time; `write-file-atomic` does the same for small files.
 *
 * @param write writes the content, in order, to the handle it gets
 */
export async function writeAtomically(
  path: string,
  write: (file: FileHandle) => Promise<void>,
): Promise<void> {
  const folder = dirname(path);
  const temporary = join(folder, `.twofold-${randomBytes(6).toString('hex')}.tmp`);
  try {
    const file = await open(temporary, 'wx');
    try {
      await write(file);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(folder);
}

/** Removes what writers that were killed left in a folder. Nobody else may be writing there. */
export async function removeTemporaries(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (TEMPORARY.test(name)) await rm(join(folder, name), { force: true });
  }
}

/** Makes a rename durable. Windows has no such call and needs none. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
