import { workerData } from 'node:worker_threads';
import { toFailure, type Result } from '../../../shared/errors.ts';
import { connectToRead } from './connect.ts';
import { readLibrary, type ReadAnswer, type ReadTask } from './read-task.ts';
import { sqlError } from '../database/sql-errors.ts';
import type { Db } from '../database/sql.ts';

const { file } = workerData as { file: string };
let db: Db | null = null;

/** Entry point of the thread of `LibraryReader`. */
export default function read(task: ReadTask): Result<ReadAnswer> {
  try {
    db ??= connectToRead(file);
    return { ok: true, value: readLibrary(db, task) };
  } catch (error) {
    return { ok: false, error: toFailure(sqlError(error, file)) };
  }
}
