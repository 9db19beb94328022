import type { LabelSource } from '../../../shared/library/labels.ts';
import type { Place } from '../../../shared/places.ts';
import { canPredict } from '../../engine/can-predict.ts';
import { value, type Db } from '../../library/database/sql.ts';
import type { Project } from '../../library/folder.ts';
import { listRuns } from '../../library/runs/runs.ts';
import { getPlace, updateSettings } from '../../library/settings.ts';

/** Sources of labels that a person sets in the window. */
const BY_HAND: readonly LabelSource[] = ['mouse', 'key', 'review', 'suggested'];

/**
 * Finds where a project opens and stores it as the place where the person is. The latest of these decides: the person went
 * to a place, or labelled there; a run was trained, whose results wait in Review; pictures were imported, of which some
 * have no label, which the Library shows.
 *
 * @returns the Library for a project in which nothing happened yet
 */
export function goToStart(project: Project): Place {
  const { db } = project;
  const { place, atMs } = getPlace(db);
  const isWhereLabelled = place === 'library' || place === 'review';
  const sinceMs = Math.max(atMs, isWhereLabelled ? lastLabelled(db) : 0);
  const trainedMs = lastTrained(project, sinceMs);
  const importedMs = lastImported(db, sinceMs);
  const start = Math.max(trainedMs, importedMs) === 0 ? place : trainedMs > importedMs ? 'review' : 'library';
  try {
    if (start !== place) updateSettings(db, { place: start });
  } catch {
    // Such as on a full disk: it is found again next time.
  }
  return start;
}

/** When a person last labelled a picture in the window; 0 if nobody did. */
function lastLabelled(db: Db): number {
  const latest = value<number>(
    db,
    `SELECT at_ms FROM label_batches WHERE source IN (SELECT value FROM json_each(:sources))
     ORDER BY id DESC LIMIT 1`,
    { sources: JSON.stringify(BY_HAND) },
  );
  return latest ?? 0;
}

/** When the latest run that can predict ended; 0 if none did since. Files are only looked for as far as needed. */
function lastTrained(project: Project, sinceMs: number): number {
  const ended = listRuns(project.db).filter(({ finishedAtMs }) => (finishedAtMs ?? 0) > sinceMs);
  ended.sort((a, b) => b.finishedAtMs! - a.finishedAtMs!);
  return ended.find((run) => canPredict(project, run))?.finishedAtMs ?? 0;
}

/** When the latest import ended of which a picture has no label; 0 if none did since. */
function lastImported(db: Db, sinceMs: number): number {
  const latest = value<number>(
    db,
    `SELECT finished_at_ms FROM imports
     WHERE finished_at_ms > :sinceMs AND EXISTS (SELECT 1 FROM pictures WHERE import_id = imports.id AND label IS NULL)
     ORDER BY finished_at_ms DESC LIMIT 1`,
    { sinceMs },
  );
  return latest ?? 0;
}
