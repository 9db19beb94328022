import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';

/**
 * `quick_check` reads the whole library: 0.1 s at 100,000 pictures, 0.5 s once they have some history. A note in the
 * project's cache tells that the file is just as we closed it, so that it is checked again only when it is not, when it
 * was not closed properly, or when the last check is a day old.
 */

const DAY_MS = 86_400_000;

const noteSchema = z.strictObject({ checkedAtMs: z.number(), sizeBytes: z.number(), mtimeMs: z.number() });
type Note = z.infer<typeof noteSchema>;

function noteOf(library: string): string {
  return path.join(path.dirname(library), 'cache', 'library-check.json');
}

function read(library: string): Note | null {
  try {
    return noteSchema.parse(JSON.parse(readFileSync(noteOf(library), 'utf8')));
  } catch {
    return null; // no note, or one we can't read: the library is checked
  }
}

/** Whether the library is not known to be whole. */
export function needsCheck(library: string, now: number = Date.now()): boolean {
  const note = read(library);
  if (!note || existsSync(`${library}-wal`)) return true;
  const { size, mtimeMs } = statSync(library);
  return note.sizeBytes !== size || note.mtimeMs !== mtimeMs || Math.abs(now - note.checkedAtMs) > DAY_MS;
}

/** Notes that the library was found whole now. */
export function noteChecked(library: string, now: number = Date.now()): void {
  write(library, { checkedAtMs: now, sizeBytes: -1, mtimeMs: -1 });
}

/** Notes how the library was left when it was closed. */
export function noteClosed(library: string): void {
  const note = read(library);
  if (!note || existsSync(`${library}-wal`)) return;
  const { size, mtimeMs } = statSync(library);
  write(library, { ...note, sizeBytes: size, mtimeMs });
}

/** The library turned out to be damaged: the next opening checks it. */
export function forgetCheck(library: string): void {
  rmSync(noteOf(library), { force: true });
}

function write(library: string, note: Note): void {
  const file = noteOf(library);
  try {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify(note));
  } catch {
    // A full disk costs the next opening a check, nothing else; an old note must not stay.
    rmSync(file, { force: true });
  }
}
