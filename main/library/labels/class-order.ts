import { TwofoldError } from '../../../shared/errors.ts';
import { isGone } from '../../support/processes.ts';
import { rows, run, value, type Db } from '../database/sql.ts';

/**
 * Which of the two stored classes is class 1, the positive one. A swap changes one bit: labels, their history, what runs
 * say of pictures and the runs' heads stay as they are stored, and everything that reads or writes a class's index turns
 * it at the border of this folder. So a swap takes as long with 100,000 pictures as with ten, and undoing it is exact.
 */
export function isSwapped(db: Db): boolean {
  return value(db, 'SELECT swapped FROM project') === 1;
}

/**
 * Makes the other class class 1; in the caller's transaction.
 *
 * @throws TwofoldError `busy` while a run is trained or pictures are imported: they hold indices of the classes
 */
export function flipClasses(db: Db): void {
  refuseWhile(
    db,
    'runs',
    'A run is being trained, so the classes can’t be swapped now. Stop it, or wait until it is done.',
  );
  refuseWhile(
    db,
    'imports',
    'Pictures are being imported, so the classes can’t be swapped now. Wait until that is done.',
  );
  run(db, 'UPDATE project SET swapped = 1 - swapped');
  noteModelsChanged(db);
}

function refuseWhile(db: Db, table: 'runs' | 'imports', message: string): void {
  const running = rows(db, `SELECT process FROM ${table} WHERE status = 'running'`) as { process: string }[];
  if (running.some(({ process }) => !isGone(process))) throw new TwofoldError('busy', message);
}

/** Notes that class order or threshold changed, which the run folders are still to be told. */
export function noteModelsChanged(db: Db): void {
  run(db, 'UPDATE project SET run_files_wanted = run_files_wanted + 1');
}

/** Which change the run folders must be told of; null where they know of all. */
export function runFilesDue(db: Db): number | null {
  const due = value(db, 'SELECT run_files_wanted FROM project WHERE run_files_wanted > run_files_written') as
    number | undefined;
  return due ?? null;
}

/** Notes that all run folders know of a change. */
export function noteRunFilesWritten(db: Db, change: number): void {
  run(db, 'UPDATE project SET run_files_written = max(run_files_written, :change)', { change });
}
