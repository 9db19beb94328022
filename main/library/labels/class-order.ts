import { TwofoldError } from '../../../shared/errors.ts';
import { isGone } from '../../support/processes.ts';
import { column, run, value, type Db } from '../database/sql.ts';

/**
 * Whether stored class 0 is shown as class 1, the positive one. A swap changes this one bit: labels, their history,
 * predictions and the runs' heads stay as stored, and class indices are converted wherever this folder reads or writes
 * them. So the time of a swap does not depend on the number of pictures, and undoing it is exact.
 */
export function isSwapped(db: Db): boolean {
  return value<number>(db, 'SELECT swapped FROM project') === 1;
}

/**
 * Swaps class 0 and class 1, in the caller's transaction.
 *
 * @throws TwofoldError `busy` during training and imports, which hold class indices
 */
export function flipClasses(db: Db): void {
  refuseWhile(
    db,
    'runs',
    'The classes can’t be swapped while a run is training. Stop the run, or wait until it has finished.',
  );
  refuseWhile(db, 'imports', 'The classes can’t be swapped during an import. Wait until it has finished.');
  run(db, 'UPDATE project SET swapped = 1 - swapped');
  noteModelsChanged(db);
}

function refuseWhile(db: Db, table: 'runs' | 'imports', message: string): void {
  const processes = column<string>(db, `SELECT process FROM ${table} WHERE status = 'running'`);
  if (processes.some((process) => !isGone(process))) throw new TwofoldError('busy', message);
}

/**
 * Records that the classes' order or names or the threshold changed, so that every run's run.json has to be rewritten.
 */
export function noteModelsChanged(db: Db): void {
  run(db, 'UPDATE project SET run_files_wanted = run_files_wanted + 1');
}

/** Number of the latest change that the run.json files lack; null if they are up to date. */
export function runFilesDue(db: Db): number | null {
  const due = 'SELECT run_files_wanted FROM project WHERE run_files_wanted > run_files_written';
  return value<number>(db, due) ?? null;
}

/** Records that every run.json was rewritten for a change. */
export function noteRunFilesWritten(db: Db, change: number): void {
  run(db, 'UPDATE project SET run_files_written = max(run_files_written, :change)', { change });
}
