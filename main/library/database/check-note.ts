import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';

/**
 * `quick_check` reads the whole library: 0.1 s at 100,000 pictures, 0.5 s with some history. A note in the project's
 * cache records the file's size and time when it was closed. The library is checked again only if these differ, if it
 * was not closed properly, or if the last check is more than a day old.
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
    return null;
  }
}

/** Whether the library has to be checked. */
export function needsCheck(library: string, now: number = Date.now()): boolean {
  const note = read(library);
  if (!note || existsSync(`${library}-wal`)) return true;
  const { size, mtimeMs } = statSync(library);
  return note.sizeBytes !== size || note.mtimeMs !== mtimeMs || Math.abs(now - note.checkedAtMs) > DAY_MS;
}

/** Records that the library passed the check now. */
export function noteChecked(library: string, now: number = Date.now()): void {
  write(library, { checkedAtMs: now, sizeBytes: -1, mtimeMs: -1 });
}

/** Records size and time of the closed library. */
export function noteClosed(library: string): void {
  const note = read(library);
  if (!note || existsSync(`${library}-wal`)) return;
  const { size, mtimeMs } = statSync(library);
  write(library, { ...note, sizeBytes: size, mtimeMs });
}

/** Makes the next opening check the library, after it turned out to be damaged. */
export function forgetCheck(library: string): void {
  rmSync(noteOf(library), { force: true });
}

function write(library: string, note: Note): void {
  const file = noteOf(library);
  try {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify(note));
  } catch {
    // On a full disk the next opening checks the library; an old note must not stay.
    rmSync(file, { force: true });
  }
}
