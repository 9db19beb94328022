import { stat } from 'node:fs/promises';
import type { CheckReport } from '../../../shared/library.ts';
import { ProgressMeter } from '../../../shared/progress.ts';
import { mapAhead } from '../../support/ahead.ts';
import { checkFiles, notedOf, type CheckOptions, type Noted } from './check-files.ts';
import type { Project } from '../folder.ts';
import { hashFile } from '../../pictures/hash.ts';
import { findByPlace, getPicture } from './pictures.ts';
import { pathOf, type Place } from './place.ts';
import { clearPlace, setPlace } from './places.ts';
import { column, run, transaction, value, type Db } from '../database/sql.ts';
import { walk } from '../import/walk.ts';

const AHEAD = 8;

/**
 * Locates missing and changed pictures by content in a folder and everything below it: renamed, moved and exchanged files
 * are found. Labels and history stay with the content.
 *
 * @returns `found`: pictures located; `missing` and `changed`: pictures that still are
 * @throws TwofoldError `not-found`, `bad-input` where `folder` is not a readable folder
 */
export async function findAgain(
  project: Project,
  folder: string,
  options: Omit<CheckOptions, 'ids'> = {},
): Promise<CheckReport> {
  const { db } = project;
  const { onProgress, signal, readStats } = options;
  const found = await walk(folder, signal ? { signal } : {});
  // A file may have come back or disappeared since the last check.
  await checkFiles(project, { ...(signal && { signal }), ...(readStats && { readStats }) });
  const lost = notedOf(
    db,
    column<number>(db, 'SELECT id FROM pictures WHERE problem IS NOT NULL ORDER BY id'),
  );
  const sizes = new Set(lost.map(({ sizeBytes }) => sizeBytes));
  const byContent = new Map<string, Noted[]>();
  for (const noted of lost) byContent.set(noted.sha256, [...(byContent.get(noted.sha256) ?? []), noted]);
  const meter = onProgress && new ProgressMeter(found.pictures.length, onProgress);
  const moves: Move[] = [];
  let done = 0;
  const look = async (place: Place): Promise<{ place: Place; sha256: string | null; mtimeMs: number }> => {
    try {
      const file = pathOf(place);
      const { size, mtimeMs } = await stat(file);
      return {
        place,
        sha256: sizes.has(size) ? (await hashFile(file, signal)).sha256 : null,
        mtimeMs: Math.trunc(mtimeMs),
      };
    } catch {
      return { place, sha256: null, mtimeMs: 0 };
    }
  };
  for await (const { place, sha256, mtimeMs } of mapAhead(found.pictures, AHEAD, look, signal)) {
    const picture = sha256 === null ? undefined : byContent.get(sha256)?.shift();
    if (picture) moves.push({ id: picture.id, place, mtimeMs, sha256: picture.sha256 });
    if (++done % 100 === 0 || done === found.pictures.length) meter?.update(done);
  }
  const moved = relocate(project, moves);
  const left = (problem: 'missing' | 'changed'): number =>
    value<number>(db, 'SELECT count(*) FROM pictures WHERE problem = :problem', { problem })!;
  return {
    checked: lost.length,
    ok: moved,
    found: moved,
    missing: left('missing'),
    changed: left('changed'),
  };
}

interface Move {
  id: number;
  place: Place;
  sha256: string;
  mtimeMs: number;
}

/** Moves pictures to their new places in one transaction; a place may be one that another of them leaves. */
function relocate({ db, folder }: Project, moves: readonly Move[]): number {
  return transaction(db, () => {
    const free = moves.filter(({ id, place, sha256 }) => !isOthers(db, place, id, sha256));
    for (const { id } of free)
      run(db, `UPDATE stored_pictures SET problem = 'missing' WHERE id = :id`, { id });
    for (const { id, place, mtimeMs } of free) {
      clearPlace(db, place, id);
      setPlace(db, folder, id, place);
      run(db, 'UPDATE stored_pictures SET mtime_ms = :mtimeMs WHERE id = :id', { id, mtimeMs });
    }
    return free.length;
  });
}

/** Whether a file already is another picture of the project: a copy of the lost one, which keeps its own label. */
function isOthers(db: Db, place: Place, id: number, sha256: string): boolean {
  const here = findByPlace(db, place);
  if (here === null || here === id) return false;
  const other = getPicture(db, here);
  return other?.problem === null && other.sha256 === sha256;
}
