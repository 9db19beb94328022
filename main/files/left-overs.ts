import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isGone, thisProcess } from '../support/processes.ts';

/** Temporary folders that this process is writing. Process ids are reused, so a left-over may have this process's id. */
const writing = new Set<string>();

/** Calls `work` with the path of a temporary folder beside `final`, whose name says which process owns it. */
export async function withTemporary<T>(final: string, work: (temporary: string) => Promise<T>): Promise<T> {
  const owner = encodeURIComponent(thisProcess());
  const name = `.${basename(final)}.${owner}.${randomBytes(4).toString('hex')}.part`;
  const temporary = join(dirname(final), name);
  writing.add(temporary);
  try {
    return await work(temporary);
  } finally {
    writing.delete(temporary);
  }
}

/** Where the old folder stays while the new one takes its name. */
export const setAside = (temporary: string): string => `${temporary}.old`;

/**
 * Removes what killed processes left behind while writing `final`, and restores the old folder if one of them had moved
 * it aside. Leaves the temporaries of running processes and of other hosts alone.
 */
export async function removeLeftOvers(final: string): Promise<void> {
  const parent = dirname(final);
  const entries = await readdir(parent).catch(() => []);
  for (const entry of entries) {
    const path = join(parent, entry);
    const old = entry.endsWith('.old');
    if (!isLeftOver(old ? path.slice(0, -'.old'.length) : path, final)) continue;
    // A left-over that can't be removed does no harm; real problems show when the new folder is written.
    if (old && !existsSync(final)) await rename(path, final).catch(() => undefined);
    else await rm(path, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
  }
}

function isLeftOver(temporary: string, final: string): boolean {
  const start = `.${basename(final)}.`;
  const name = basename(temporary);
  const owner = name.startsWith(start)
    ? /^(.+%3A\d+(?:%40[\da-f-]+)?)\.[\da-f]{8}\.part$/.exec(name.slice(start.length))?.[1]
    : undefined;
  if (owner === undefined || writing.has(temporary)) return false;
  const noted = decodeURIComponent(owner);
  return noted === thisProcess() || isGone(noted);
}
