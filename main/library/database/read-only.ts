import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import Database from 'better-sqlite3';
import type { Db } from './sql.ts';

/**
 * Opens library.db without writing to it: beside a program that writes, after one that died, and on media that can't be
 * written. A library that some program has open, or left open when it died, has its newest changes in a write-ahead log.
 * SQLite reads that where the shared memory beside it is there; else library and log are copied and joined. A library
 * that was closed properly is read into memory, since SQLite would make files beside it. On a drive that can't share
 * memory between programs, they are copied too.
 *
 * @throws SqliteError, or the file system's error
 */
export function openWithoutWriting(file: string, timeoutMs: number): Db {
  if (!hasLog(file)) {
    const db = inMemory(readFileSync(file));
    if (!hasLog(file)) return db;
    // It was opened just now and may have changed while it was read.
    db.close();
  }
  try {
    return connect(file, timeoutMs);
  } catch (error) {
    if (!(error instanceof Database.SqliteError)) throw error;
    // Without shared memory no other program has it open, so it does not change while it is copied.
    const shared = existsSync(`${file}-shm`) && !error.code.startsWith('SQLITE_IOERR_SHM');
    if (shared) throw error;
    return inMemory(withLog(file));
  }
}

const hasLog = (file: string): boolean => existsSync(`${file}-wal`);

function connect(file: string, timeoutMs: number): Db {
  const db = new Database(file, { readonly: true, timeout: timeoutMs });
  try {
    db.pragma('user_version'); // the first look at the file, and at its log
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function inMemory(content: Buffer): Db {
  // Bytes 18 and 19 of the header say "write-ahead log"; a database in memory has none (sqlite.org/fileformat2).
  content[18] = 1;
  content[19] = 1;
  return new Database(content, { readonly: true });
}

/** Content of library.db with the changes that are still in its log. */
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
