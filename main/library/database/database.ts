import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { TwofoldError } from '../../../shared/errors.ts';
import { backUpNow, listBackups } from './backup.ts';
import { needsCheck, noteChecked, noteClosed } from './check-note.ts';
import { MIGRATIONS } from './migrations/index.ts';
import { APPLICATION_ID, migrate, schemaVersion, type Migration } from './migrate.ts';
import { openWithoutWriting } from './read-only.ts';
import { sqlError, unsuitableDrive } from './sql-errors.ts';
import type { Db } from './sql.ts';

const MAGIC = 'SQLite format 3\0';
const BUSY_TIMEOUT_MS = 5000;
/** Enough for a library of 100,000 pictures (about 50 MB). */
const CACHE_KIB = 64 * 1024;

export interface OpenOptions {
  /** Create the file if it does not exist. Default false. */
  create?: boolean;
  /** Write nothing: see `openWithoutWriting`. Default false. */
  readOnly?: boolean;
  migrations?: readonly Migration[];
}

/**
 * Opens library.db: checks that it is a Twofold library and intact (`quick_check`, unless nothing changed since it was
 * closed), then backs it up and migrates it if it is older. With a write-ahead log and `synchronous=FULL`, a
 * transaction that has returned survives a power cut.
 *
 * @throws TwofoldError `corrupt`, `newer-version`, `read-only`, `busy`, `disk-full`, `bad-input` (another program's
 *   database), `unsupported` (a drive without the locks it needs)
 */
export function openDatabase(file: string, options: OpenOptions = {}): Db {
  const { create = false, readOnly = false, migrations = MIGRATIONS } = options;
  const isNew = !existsSync(file) || statSync(file).size === 0;
  if (isNew && !create) throw corrupt(file, 'it is empty');
  if (!isNew && firstBytes(file) !== MAGIC)
    throw corrupt(file, 'it does not start with the header of a database');
  const unchecked = isNew || needsCheck(file); // before SQLite creates its files
  const db = readOnly ? connectWithoutWriting(file) : connect(file);
  try {
    if (!isNew) refuseOthers(db, file);
    if (schemaVersion(db) <= (migrations.at(-1)?.version ?? 0) && !readOnly) {
      requireLog(db, file);
      db.pragma('synchronous = FULL');
    }
    db.pragma('foreign_keys = ON');
    db.pragma(`cache_size = -${CACHE_KIB}`);
    db.pragma('temp_store = MEMORY');
    if (readOnly || unchecked || schemaVersion(db) !== (migrations.at(-1)?.version ?? 0)) {
      const found = db.pragma('quick_check(1)', { simple: true }) as string;
      if (found !== 'ok') throw corrupt(file, found);
      if (!readOnly) noteChecked(file);
    }
    if (readOnly) {
      requireLatest(db, migrations);
      return db;
    }
    migrate(db, migrations, (version) => backUpNow(db, version));
    return db;
  } catch (error) {
    db.close();
    const translated = sqlError(error, file);
    if (translated instanceof TwofoldError && translated.code === 'corrupt' && translated.cause) {
      throw corrupt(file, (translated.cause as Error).message);
    }
    throw translated;
  }
}

/** Writes everything into library.db and closes it; does nothing if it is closed already. */
export function closeDatabase(db: Db): void {
  if (!db.open) return;
  const { name: file, readonly: readOnly } = db;
  if (!readOnly) optimize(db);
  db.close();
  if (!readOnly) noteClosed(file);
}

/** Updates the query planner's statistics. They are optional, so a full or missing disk does not stop closing. */
function optimize(db: Db): void {
  try {
    db.pragma('optimize');
  } catch (error) {
    if (!(error instanceof Database.SqliteError)) throw error;
  }
}

/** On drives without shared memory (macOS, network shares) the pragma keeps the old journal mode without an error. */
function requireLog(db: Db, file: string): void {
  const mode = db.pragma('journal_mode = WAL', { simple: true }) as string;
  if (mode === 'wal') return;
  const [code, message] = unsuitableDrive(file, `journal_mode ${mode}`);
  throw new TwofoldError(code, message);
}

function connect(file: string): Db {
  try {
    return new Database(file, { timeout: BUSY_TIMEOUT_MS });
  } catch (error) {
    throw sqlError(error, file);
  }
}

function connectWithoutWriting(file: string): Db {
  try {
    return openWithoutWriting(file, BUSY_TIMEOUT_MS);
  } catch (error) {
    throw sqlError(error, file);
  }
}

/** @throws TwofoldError `newer-version`; `read-only` if it would have to be migrated */
function requireLatest(db: Db, migrations: readonly Migration[]): void {
  const latest = migrations.at(-1)?.version ?? 0;
  const version = schemaVersion(db);
  if (version > latest) migrate(db, migrations, () => undefined);
  if (version < latest) {
    throw new TwofoldError(
      'read-only',
      'This project was last used with an older Twofold and has to be updated, but it is read-only now. Close it in other programs, or copy it to a folder where you may write, and open it there.',
    );
  }
}

function refuseOthers(db: Db, file: string): void {
  const id = db.pragma('application_id', { simple: true }) as number;
  if (id === APPLICATION_ID) return;
  throw new TwofoldError(
    'bad-input',
    `${file} is a database of another program, not a Twofold library. Choose a folder that ends in .twofold.`,
  );
}

function firstBytes(file: string): string {
  const descriptor = openSync(file, 'r');
  try {
    const bytes = Buffer.alloc(MAGIC.length);
    readSync(descriptor, bytes, 0, bytes.length, 0);
    return bytes.toString('latin1');
  } finally {
    closeSync(descriptor);
  }
}

function corrupt(file: string, why: string): TwofoldError {
  const folder = path.dirname(file);
  const [newest] = listBackups(folder);
  const wayOut =
    newest === undefined
      ? `There is no backup in ${path.join(folder, 'backups')}. Restore the project's folder from a copy of your own, or create a new project and import your labels.csv if you exported one. Pictures, trained runs and exports are not affected.`
      : `The newest backup is ${newest}. Rename library.db, copy the backup to ${file} and open the project again; only changes made since that backup are lost.`;
  return new TwofoldError('corrupt', `The project's library ${file} is damaged: ${why}. ${wayOut}`);
}
