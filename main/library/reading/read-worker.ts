import { workerData } from 'node:worker_threads';
import Database from 'better-sqlite3';
import { toFailure, type Result } from '../../../shared/errors.ts';
import { readLibrary, type ReadAnswer, type ReadTask } from './read-task.ts';
import { sqlError } from '../database/sql-errors.ts';
import type { Db } from '../database/sql.ts';

/** Enough for the indexes that lists and counts read at 100,000 pictures. */
const CACHE_KIB = 16 * 1024;

const { file } = workerData as { file: string };
let db: Db | null = null;

/** The thread of `LibraryReader`. */
export default function read(task: ReadTask): Result<ReadAnswer> {
  try {
    db ??= connect();
    return { ok: true, value: readLibrary(db, task) };
  } catch (error) {
    return { ok: false, error: toFailure(sqlError(error, file)) };
  }
}

function connect(): Db {
  const opened = new Database(file, { readonly: true });
  opened.pragma(`cache_size = -${CACHE_KIB}`);
  opened.pragma('temp_store = MEMORY');
  return opened;
}
