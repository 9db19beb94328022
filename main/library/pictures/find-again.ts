import { stat } from 'node:fs/promises';
import type { CheckReport } from '../../../shared/library.ts';
import { ProgressMeter } from '../../../shared/progress.ts';
import { mapAhead } from '../../support/ahead.ts';
import { checkFiles, notedOf, type CheckOptions, type Noted } from './check-files.ts';
import { joinPath } from './directories.ts';
import type { Project } from '../folder.ts';
import { hashFile } from '../../pictures/hash.ts';
import { findByPath, getPicture } from './pictures.ts';
import { clearPlace, setPlace } from './places.ts';
import { column, run, transaction, type Db } from '../database/sql.ts';
import { walk } from '../import/walk.ts';

const AHEAD = 8;

/**
 * Looks in a folder, and everything below it, for the files of pictures that are missing or changed, by their content:
 * renamed and moved files are found, exchanged names too. Labels and history stay with the content.
 *
 * @param folder where to look
 * @returns `found`: how many were found again; `missing` and `changed`: how many still are
 * @throws TwofoldError `not-found`, `bad-input` when `folder` is no folder that can be read
 */
export async function findAgain(
  project: Project,
  folder: string,
  options: Omit<CheckOptions, 'ids'> = {},
): Promise<CheckReport> {
  const { db } = project;
  const { onProgress, signal, readStats } = options;
  const found = await walk(folder, signal ? { signal } : {});
  // What is noted may be old: a file may have come back or gone since.
  await checkFiles(project, { ...(signal && { signal }), ...(readStats && { readStats }) });
  const lost = notedOf(
    db,
    column(db, 'SELECT id FROM pictures WHERE problem IS NOT NULL ORDER BY id') as number[],
  );
  const sizes = new Set(lost.map(({ sizeBytes }) => sizeBytes));
  const byContent = new Map<string, Noted[]>();
  for (const noted of lost) byContent.set(noted.sha256, [...(byContent.get(noted.sha256) ?? []), noted]);
  const meter = onProgress && new ProgressMeter(found.pictures.length, onProgress);
  const moves: Move[] = [];
  let done = 0;
  const look = async (file: string): Promise<{ file: string; sha256: string | null; mtimeMs: number }> => {
    try {
      const { size, mtimeMs } = await stat(file);
      return {
        file,
        sha256: sizes.has(size) ? (await hashFile(file, signal)).sha256 : null,
        mtimeMs: Math.trunc(mtimeMs),
      };
    } catch {
      return { file, sha256: null, mtimeMs: 0 };
    }
  };
  const files = found.pictures.map(({ directory, name }) => joinPath(directory, name));
  for await (const { file, sha256, mtimeMs } of mapAhead(files, AHEAD, look, signal)) {
    const picture = sha256 === null ? undefined : byContent.get(sha256)?.shift();
    if (picture) moves.push({ id: picture.id, file, mtimeMs, sha256: picture.sha256 });
    if (++done % 100 === 0 || done === files.length) meter?.update(done);
  }
  const moved = relocate(project, moves);
  const left = (problem: 'missing' | 'changed'): number =>
    column(db, 'SELECT count(*) FROM pictures WHERE problem = :problem', { problem })[0] as number;
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
  file: string;
  sha256: string;
  mtimeMs: number;
}

/** Gives pictures their new places in one transaction; a place may be one that another of them leaves. */
function relocate({ db, folder }: Project, moves: readonly Move[]): number {
  return transaction(db, () => {
    const free = moves.filter(({ id, file, sha256 }) => !isOthers(db, file, id, sha256));
    for (const { id } of free) run(db, `UPDATE pictures SET problem = 'missing' WHERE id = :id`, { id });
    for (const { id, file, mtimeMs } of free) {
      clearPlace(db, file, id);
      setPlace(db, folder, id, file);
      run(db, 'UPDATE pictures SET mtime_ms = :mtimeMs WHERE id = :id', { id, mtimeMs });
    }
    return free.length;
  });
}

/** Whether a file is another picture of the project already: a copy of what is lost, that keeps its own label. */
function isOthers(db: Db, file: string, id: number, sha256: string): boolean {
  const here = findByPath(db, file);
  if (here === null || here === id) return false;
  const other = getPicture(db, here);
  return other?.problem === null && other.sha256 === sha256;
}
