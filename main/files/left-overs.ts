import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isGone, thisProcess } from '../support/processes.ts';

/** Temporary folders that this process is writing. A left-over may bear its number, where numbers come round again. */
const writing = new Set<string>();

/** Gives `work` a name for a temporary folder beside `final`, which says which process it belongs to. */
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
 * Removes what exports to `final` left behind whose process was killed, and puts an old export back that such a process
 * had taken aside. Leaves those of running processes and of other hosts alone.
 */
export async function removeLeftOvers(final: string): Promise<void> {
  const parent = dirname(final);
  const entries = await readdir(parent).catch(() => []);
  for (const entry of entries) {
    const path = join(parent, entry);
    const old = entry.endsWith('.old');
    if (!isLeftOver(old ? path.slice(0, -'.old'.length) : path, final)) continue;
    // What can't be removed is in nobody's way; the export says what is wrong with its own files.
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
