import { setTimeout as wait } from 'node:timers/promises';
import type { CheckReport, PictureProblem } from '../../../shared/library.ts';
import { ProgressMeter, type Progress } from '../../../shared/progress.ts';
import { mapAhead } from '../../support/ahead.ts';
import { joinPath } from './directories.ts';
import { fileStats, type ReadStats } from './file-stats.ts';
import type { Project } from '../folder.ts';
import { hashFile } from '../../pictures/hash.ts';
import { listPictureIds } from '../reading/grid.ts';
import { idList } from './pictures.ts';
import { placeIsTaken } from './places.ts';
import { rows, run, transaction, type Db } from '../database/sql.ts';

export interface CheckOptions {
  /** Only these pictures, each once; default: all. */
  ids?: Uint32Array;
  /** Ten times a second at most. */
  onProgress?: (progress: Progress) => void;
  /** Ends the check; what was found so far stays. */
  signal?: AbortSignal;
  /** How files are looked at; default: on this thread. `withStatThread` gives one that does not stop it. */
  readStats?: ReadStats;
}

/** What is noted of a picture's file. */
export interface Noted {
  id: number;
  directory: string;
  name: string;
  sha256: string;
  sizeBytes: number;
  mtimeMs: number;
  problem: PictureProblem | null;
}

/** A slow drive is asked for no more at once, so that the check can be ended. */
const PAGE = 250;
const AHEAD = 16;

/**
 * Looks whether every picture's file is there and is the one that was imported: by size and time, and by content where
 * these differ. Notes `missing` and `changed`, and takes the note back where all is well again.
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
    const files = page.map(({ directory, name }) => joinPath(directory, name));
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
    // A drive that is gone changes everything: whoever else needs this thread gets it half of the time.
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

/** @param size and time of change: what the disk says of the file now, NaN where it says nothing */
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

/** @returns whether there was anything to note */
function note(db: Db, changes: readonly Change[]): boolean {
  const real = changes.filter(
    ({ noted, problem, mtimeMs }) => noted.problem !== problem || noted.mtimeMs !== mtimeMs,
  );
  if (real.length === 0) return false;
  transaction(db, () => {
    for (const { noted, problem, mtimeMs } of real) {
      run(db, 'UPDATE pictures SET problem = :problem, mtime_ms = :mtimeMs WHERE id = :id', {
        id: noted.id,
        problem,
        mtimeMs,
      });
    }
  });
  return true;
}

export function notedOf(db: Db, ids: Iterable<number>): Noted[] {
  return rows(
    db,
    `SELECT p.id, d.path AS directory, p.name, p.sha256, p.size_bytes AS sizeBytes, p.mtime_ms AS mtimeMs, p.problem
     FROM json_each(:ids) wanted CROSS JOIN pictures p ON p.id = wanted.value
     JOIN directories d ON d.id = p.directory_id`,
    { ids: idList(ids) },
  ) as Noted[];
}
