import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import Database from 'better-sqlite3';
import type { Db } from './sql.ts';

/**
 * Opens library.db without writing to it: while another program writes, after one that died, and on read-only media.
 * If a program has the library open, or died with it open, the newest changes are in a write-ahead log. SQLite reads
 * the log if its shared-memory file exists; otherwise, and on drives without shared memory, library and log are copied
 * and merged. A library that was closed properly is read into memory, since SQLite would create files beside it.
 *
 * @throws SqliteError, or the file system's error
 */
export function openWithoutWriting(file: string, timeoutMs: number): Db {
  if (!hasLog(file)) {
    const db = inMemory(readFileSync(file));
    if (!hasLog(file)) return db;
    // Another program has just opened it and may have changed it while it was read.
    db.close();
  }
  try {
    return connect(file, timeoutMs);
  } catch (error) {
    if (!(error instanceof Database.SqliteError)) throw error;
    // Without shared memory no other program has it open, so it does not change during the copy.
    const shared = existsSync(`${file}-shm`) && !error.code.startsWith('SQLITE_IOERR_SHM');
    if (shared) throw error;
    return inMemory(withLog(file));
  }
}

const hasLog = (file: string): boolean => existsSync(`${file}-wal`);

function connect(file: string, timeoutMs: number): Db {
  const db = new Database(file, { readonly: true, timeout: timeoutMs });
  try {
    db.pragma('user_version'); // reads the file and its log
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function inMemory(content: Buffer): Db {
  // Bytes 18 and 19 of the header select the write-ahead log, which a database in memory does not have
  // (sqlite.org/fileformat2).
  content[18] = 1;
  content[19] = 1;
  return new Database(content, { readonly: true });
}

/** Content of library.db including the changes in its log. */
function withLog(file: string): Buffer {
  const folder = mkdtempSync(path.join(tmpdir(), 'twofold-library-'));
  try {
    const copy = path.join(folder, path.basename(file));
    for (const suffix of ['', '-wal']) copyFileSync(file + suffix, copy + suffix);
    const db = new Database(copy);
    try {
      db.pragma('wal_checkpoint(TRUNCATE)');
    } finally {
      db.close();
    }
    return readFileSync(copy);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
