import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { lstat, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { TwofoldError } from '../../shared/errors.ts';

/** File that every export holds; it tells a folder of ours from any other. */
export const CARD_FILE = 'card.json';
export const CARD_FORMAT = 'twofold-export';

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
  await mkdir(parent, { recursive: true });
  const temporary = join(parent, `.${basename(final)}.${randomBytes(4).toString('hex')}.part`);
  try {
    await mkdir(temporary);
    const result = await write(temporary);
    if (sync) await syncFiles(temporary);
    await requireFree(final, force);
    await replace(temporary, final);
    return result;
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    throw error;
  }
}

/** Refuses a target that is there, except an earlier export where that may be replaced. */
export async function requireFree(target: string, force: boolean): Promise<void> {
  const there = await lstat(target).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  });
  if (!there) return;
  if (!force) {
    throw new TwofoldError(
      'exists',
      `${target} is there already. Choose another place, or replace it with --force.`,
    );
  }
  if (there.isDirectory() && (await isExport(target))) return;
  throw new TwofoldError(
    'exists',
    `${target} is there already and is no export of Twofold's, so it is not replaced. Choose another place.`,
  );
}

async function isExport(folder: string): Promise<boolean> {
  try {
    const card: unknown = JSON.parse(await readFile(join(folder, CARD_FILE), 'utf8'));
    return (card as { format?: unknown } | null)?.format === CARD_FORMAT;
  } catch {
    return false;
  }
}

/** Takes the old folder aside first, since a folder can't be renamed onto a full one; puts it back when that fails. */
async function replace(temporary: string, final: string): Promise<void> {
  if (!existsSync(final)) {
    await rename(temporary, final);
    return;
  }
  const old = `${temporary}.old`;
  await rename(final, old);
  try {
    await rename(temporary, final);
  } catch (error) {
    await rename(old, final);
    throw error;
  }
  await rm(old, { recursive: true, force: true });
}

/** Only what is on the disk may get the final name: after a power cut a rename can outlive the data. */
async function syncFiles(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = await open(join(entry.parentPath, entry.name), 'r+');
    try {
      await file.sync();
    } finally {
      await file.close();
    }
  }
}
