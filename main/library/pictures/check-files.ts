import { setTimeout as wait } from 'node:timers/promises';
import type { CheckReport, PictureProblem } from '../../../shared/library/pictures.ts';
import { ProgressMeter, type Progress } from '../../../shared/progress.ts';
import { mapAhead } from '../../support/ahead.ts';
import { fileStats, type ReadStats } from './file-stats.ts';
import type { Project } from '../folder.ts';
import { hashFile } from '../../pictures/hash.ts';
import { listPictureIds } from '../reading/grid.ts';
import { idList } from './pictures.ts';
import { pathOf, type Place } from './place.ts';
import { placeIsTaken } from './places.ts';
import { rows, run, transaction, type Db } from '../database/sql.ts';

export interface CheckOptions {
  /** The pictures to check, each once; default: all. */
  ids?: Uint32Array;
  /** Ten times a second at most. */
  onProgress?: (progress: Progress) => void;
  /** Ends the check; results so far are kept. */
  signal?: AbortSignal;
  /** How size and mtime are read; default: on this thread. `withStatThread` provides one that does not block it. */
  readStats?: ReadStats;
}

/** The stored state of a picture's file. */
export interface Noted extends Place {
  id: number;
  sha256: string;
  sizeBytes: number;
  mtimeMs: number;
  problem: PictureProblem | null;
}

/** Small enough that a check of a slow drive can be cancelled. */
const PAGE = 250;
const AHEAD = 16;

/**
 * Checks that every picture's file exists and is the one that was imported: by size and mtime, and by content if these
 * differ. Marks pictures as `missing` or `changed`, and clears the mark if the file is back.
 */
export async function checkFiles(project: Project, options: CheckOptions = {}): Promise<CheckReport> {
  const { db } = project;
  const readStats = options.readStats ?? ((files) => Promise.resolve(fileStats(files)));
  const report: CheckReport = { checked: 0, ok: 0, missing: 0, changed: 0, found: 0 };
  const ids = options.ids ?? listPictureIds(db);
  const meter = options.onProgress && new ProgressMeter(ids.length, options.onProgress);
  for (let start = 0; start < ids.length && options.signal?.aborted !== true; start += PAGE) {
    const changes: Change[] = [];
    const page = notedOf(db, ids.slice(start, start + PAGE));
    const files = page.map(pathOf);
    const stats = await readStats(files);
    const looked = mapAhead(
      page.entries(),
      AHEAD,
      ([index, noted]) => look(noted, files[index]!, stats[2 * index]!, stats[2 * index + 1]!),
      options.signal,
    );
    for await (const change of looked) {
      // The file at a missing picture's last path may be another picture of the project.
      const isBack = change.noted.problem === 'missing' && change.problem !== 'missing';
      if (isBack && placeIsTaken(db, change.noted.id)) change.problem = 'missing';
      report.checked++;
      report[change.problem ?? 'ok']++;
      changes.push(change);
      if (report.checked % 100 === 0) meter?.update(report.checked);
    }
    if (project.readOnly) continue;
    const startedAt = performance.now();
    // A disconnected drive changes every row: other work gets half of this thread's time.
    if (note(db, changes)) await wait(performance.now() - startedAt);
  }
  if (options.signal?.aborted !== true) meter?.update(ids.length);
  return report;
}

interface Change {
  noted: Noted;
  problem: PictureProblem | null;
  mtimeMs: number;
}

/** Compares a file with its stored state. @param size current size; NaN if there is no file */
async function look(noted: Noted, file: string, size: number, mtimeMs: number): Promise<Change> {
  const { mtimeMs: before } = noted;
  if (Number.isNaN(size)) return { noted, problem: 'missing', mtimeMs: before };
  if (size === noted.sizeBytes && mtimeMs === before) return { noted, problem: null, mtimeMs };
  try {
    const same = size === noted.sizeBytes && (await hashFile(file)).sha256 === noted.sha256;
    return { noted, problem: same ? null : 'changed', mtimeMs: same ? mtimeMs : before };
  } catch {
    return { noted, problem: 'missing', mtimeMs: before };
  }
}

/** Stores changes. @returns whether anything was written */
function note(db: Db, changes: readonly Change[]): boolean {
  const real = changes.filter(
    ({ noted, problem, mtimeMs }) => noted.problem !== problem || noted.mtimeMs !== mtimeMs,
  );
  if (real.length === 0) return false;
  transaction(db, () => {
    for (const { noted, problem, mtimeMs } of real) {
      run(db, 'UPDATE stored_pictures SET problem = :problem, mtime_ms = :mtimeMs WHERE id = :id', {
        id: noted.id,
        problem,
        mtimeMs,
      });
    }
  });
  return true;
}

export function notedOf(db: Db, ids: Iterable<number>): Noted[] {
  return rows<Noted>(
    db,
    `SELECT p.id, d.path AS directory, p.name, p.sha256, p.size_bytes AS sizeBytes, p.mtime_ms AS mtimeMs, p.problem
     FROM json_each(:ids) wanted CROSS JOIN pictures p ON p.id = wanted.value
     JOIN directories d ON d.id = p.directory_id`,
    { ids: idList(ids) },
  );
}
