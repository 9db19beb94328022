import { stat } from 'node:fs/promises';
import type { CheckReport, PictureProblem } from '../../shared/library.ts';
import { ProgressMeter, type Progress } from '../../shared/progress.ts';
import { mapAhead } from '../../shared/ahead.ts';
import { joinPath } from './directories.ts';
import type { Project } from './folder.ts';
import { hashFile } from '../pictures/hash.ts';
import { idList } from './pictures.ts';
import { placeIsTaken } from './places.ts';
import { column, rows, run, transaction, type Db } from './sql.ts';

export interface CheckOptions {
  /** Only these pictures; default: all. */
  ids?: Iterable<number>;
  /** Ten times a second at most. */
  onProgress?: (progress: Progress) => void;
  /** Ends the check; what was found so far stays. */
  signal?: AbortSignal;
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

const PAGE = 1000;
const AHEAD = 16;

/**
 * Looks whether every picture's file is there and is the one that was imported: by size and time, and by content where
 * these differ. Notes `missing` and `changed`, and takes the note back where all is well again.
 */
export async function checkFiles(project: Project, options: CheckOptions = {}): Promise<CheckReport> {
  const { db } = project;
  const report: CheckReport = { checked: 0, ok: 0, missing: 0, changed: 0, found: 0 };
  const ids =
    options.ids === undefined
      ? (column(db, 'SELECT id FROM pictures ORDER BY id') as number[])
      : [...new Set(options.ids)];
  const meter = options.onProgress && new ProgressMeter(ids.length, options.onProgress);
  for (let start = 0; start < ids.length && options.signal?.aborted !== true; start += PAGE) {
    const changes: Change[] = [];
    const looked = mapAhead(notedOf(db, ids.slice(start, start + PAGE)), AHEAD, look, options.signal);
    for await (const change of looked) {
      // The file at a missing picture's last path may be another picture of the project.
      if (change.noted.problem === 'missing' && placeIsTaken(db, change.noted.id)) change.problem = 'missing';
      report.checked++;
      report[change.problem ?? 'ok']++;
      changes.push(change);
      if (report.checked % 100 === 0) meter?.update(report.checked);
    }
    if (!project.readOnly) note(db, changes);
  }
  if (options.signal?.aborted !== true) meter?.update(ids.length);
  return report;
}

interface Change {
  noted: Noted;
  problem: PictureProblem | null;
  mtimeMs: number;
}

async function look(noted: Noted): Promise<Change> {
  const file = joinPath(noted.directory, noted.name);
  try {
    const { size, mtimeMs: exact } = await stat(file);
    const mtimeMs = Math.trunc(exact);
    if (size === noted.sizeBytes && mtimeMs === noted.mtimeMs) return { noted, problem: null, mtimeMs };
    const same = size === noted.sizeBytes && (await hashFile(file)).sha256 === noted.sha256;
    return { noted, problem: same ? null : 'changed', mtimeMs: same ? mtimeMs : noted.mtimeMs };
  } catch {
    return { noted, problem: 'missing', mtimeMs: noted.mtimeMs };
  }
}

function note(db: Db, changes: readonly Change[]): void {
  const real = changes.filter(
    ({ noted, problem, mtimeMs }) => noted.problem !== problem || noted.mtimeMs !== mtimeMs,
  );
  if (real.length === 0) return;
  transaction(db, () => {
    for (const { noted, problem, mtimeMs } of real) {
      run(db, 'UPDATE pictures SET problem = :problem, mtime_ms = :mtimeMs WHERE id = :id', {
        id: noted.id,
        problem,
        mtimeMs,
      });
    }
  });
}

export function notedOf(db: Db, ids: readonly number[]): Noted[] {
  return rows(
    db,
    `SELECT p.id, d.path AS directory, p.name, p.sha256, p.size_bytes AS sizeBytes, p.mtime_ms AS mtimeMs, p.problem
     FROM json_each(:ids) wanted CROSS JOIN pictures p ON p.id = wanted.value
     JOIN directories d ON d.id = p.directory_id`,
    { ids: idList(ids) },
  ) as Noted[];
}
