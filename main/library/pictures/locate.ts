import { realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import type { CheckReport } from '../../../shared/library/pictures.ts';
import { ProgressMeter } from '../../../shared/progress.ts';
import { mapAhead } from '../../support/ahead.ts';
import { checkFiles, notedOf, type CheckOptions, type Noted } from './check-files.ts';
import { fileStats } from './file-stats.ts';
import type { Project } from '../folder.ts';
import { hashFile } from '../../pictures/hash.ts';
import { findByPlace, getPicture } from './pictures.ts';
import { pathOf, type Place } from './place.ts';
import { clearPlace, setPlace } from './places.ts';
import { column, run, transaction, value, type Db } from '../database/sql.ts';
import { readableFolder, walk } from '../import/walk.ts';

type Options = Omit<CheckOptions, 'ids'>;

const AHEAD = 8;
/** Maximum number of pictures whose old paths are used to guess a moved folder. */
const TRIED = 50;
/** Maximum number of moved folders that are recognised by their paths. */
const MAX_MOVED = 20;

/**
 * Locates missing and changed pictures in a folder and everything below it. First by path: if a folder was moved or
 * renamed, files with the stored size and mtime count as the pictures, as in a check. Then by content, wherever they
 * are: renamed, moved and exchanged files. Labels and history stay with the content.
 *
 * @returns `found`: number of located pictures; `missing` and `changed`: number of pictures that still are
 * @throws TwofoldError `not-found`, `bad-input` if `folder` is not a readable folder
 */
export async function locate(project: Project, folder: string, options: Options = {}): Promise<CheckReport> {
  const { db } = project;
  const { signal, readStats } = options;
  const root = await readableFolder(folder);
  // A file may have come back or disappeared since the last check.
  await checkFiles(project, { ...(signal && { signal }), ...(readStats && { readStats }) });
  const lost = lostPictures(db);
  let found = relocate(project, await byPath(db, lost, root, options));
  const rest = lostPictures(db);
  if (rest.length > 0) found += relocate(project, await byContent(rest, root, options));
  const left = (problem: 'missing' | 'changed'): number =>
    value<number>(db, 'SELECT count(*) FROM pictures WHERE problem = :problem', { problem })!;
  return { checked: lost.length, ok: found, found, missing: left('missing'), changed: left('changed') };
}

function lostPictures(db: Db): Noted[] {
  return notedOf(db, column<number>(db, 'SELECT id FROM pictures WHERE problem IS NOT NULL ORDER BY id'));
}

interface Move {
  id: number;
  place: Place;
  sha256: string;
  mtimeMs: number;
}

/** Old and new path of a moved folder. */
interface MovedFolder {
  from: string;
  to: string;
}

/** Missing pictures that are in `root` at the path they had in one of their old folders. */
async function byPath(db: Db, lost: readonly Noted[], root: string, options: Options): Promise<Move[]> {
  const readStats = options.readStats ?? ((files) => Promise.resolve(fileStats(files)));
  const moves: Move[] = [];
  let rest = lost.filter(({ problem }) => problem === 'missing');
  for (let folders = 0; folders < MAX_MOVED && options.signal?.aborted !== true; folders++) {
    const moved = await guessMoved(rest, root, readStats);
    if (!moved) break;
    const inside = rest.flatMap((noted) => {
      const place = placeAfter(noted, moved);
      return place ? [{ noted, place }] : [];
    });
    const stats = await readStats(inside.map(({ place }) => pathOf(place)));
    const located = new Set<number>();
    for (const [index, { noted, place }] of inside.entries()) {
      if (!isSame(noted, stats, index)) continue;
      located.add(noted.id);
      const real = { ...place, directory: await realpath(place.directory) };
      // If the file already is another picture, its content decides.
      if (findByPlace(db, real) === null) moves.push({ ...noted, place: real });
    }
    rest = rest.filter(({ id }) => !located.has(id));
  }
  return moves;
}

const isSame = ({ sizeBytes, mtimeMs }: Noted, stats: Float64Array, index: number): boolean =>
  stats[2 * index] === sizeBytes && stats[2 * index + 1] === mtimeMs;

function placeAfter({ directory, name }: Noted, { from, to }: MovedFolder): Place | null {
  const way = path.relative(from, directory);
  if (way.split(path.sep)[0] === '..' || path.isAbsolute(way)) return null;
  return { directory: path.join(to, way), name };
}

/** Guesses the old path of `root`: one of the pictures is in it at the same relative path. */
async function guessMoved(
  lost: readonly Noted[],
  root: string,
  readStats: NonNullable<Options['readStats']>,
): Promise<MovedFolder | null> {
  const step = Math.max(1, Math.ceil(lost.length / TRIED));
  for (let index = 0; index < lost.length; index += step) {
    const noted = lost[index]!;
    const names = noted.directory.split(path.sep);
    const guesses = names.map((_, count) => ({
      from: names.slice(0, names.length - count).join(path.sep) || path.sep,
      to: root,
    }));
    const places = guesses.flatMap((guess) => placeAfter(noted, guess) ?? []);
    const stats = await readStats(places.map(pathOf));
    const found = guesses.find((_, at) => isSame(noted, stats, at));
    if (found) return found;
  }
  return null;
}

/** Pictures whose content is somewhere in `root`; only files of their sizes are read. */
async function byContent(lost: readonly Noted[], root: string, options: Options): Promise<Move[]> {
  const { onProgress, signal } = options;
  const found = await walk(root, signal ? { signal } : {});
  const sizes = new Set(lost.map(({ sizeBytes }) => sizeBytes));
  const wanted = new Map<string, Noted[]>();
  for (const noted of lost) wanted.set(noted.sha256, [...(wanted.get(noted.sha256) ?? []), noted]);
  const meter = onProgress && new ProgressMeter(found.pictures.length, onProgress);
  const moves: Move[] = [];
  let done = 0;
  const look = async (place: Place): Promise<{ place: Place; sha256: string | null; mtimeMs: number }> => {
    try {
      const file = pathOf(place);
      const { size, mtimeMs } = await stat(file);
      const sha256 = sizes.has(size) ? (await hashFile(file, signal)).sha256 : null;
      return { place, sha256, mtimeMs: Math.trunc(mtimeMs) };
    } catch {
      return { place, sha256: null, mtimeMs: 0 };
    }
  };
  for await (const { place, sha256, mtimeMs } of mapAhead(found.pictures, AHEAD, look, signal)) {
    const picture = sha256 === null ? undefined : wanted.get(sha256)?.shift();
    if (picture) moves.push({ id: picture.id, place, mtimeMs, sha256: picture.sha256 });
    if (++done % 100 === 0 || done === found.pictures.length) meter?.update(done);
  }
  return moves;
}

/** Moves pictures to their new places in one transaction; pictures may exchange places. */
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

/** Whether a file already is another picture of the project with the same content, which keeps its own label. */
function isOthers(db: Db, place: Place, id: number, sha256: string): boolean {
  const here = findByPlace(db, place);
  if (here === null || here === id) return false;
  const other = getPicture(db, here);
  return other?.problem === null && other.sha256 === sha256;
}
