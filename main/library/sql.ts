import Database from 'better-sqlite3';
import { TwofoldError } from '../../shared/errors.ts';
import { forgetCheck } from './check-note.ts';

/** An open library. Every function of this folder that speaks SQL takes it first. */
export type Db = Database.Database;

export type Value = string | number | bigint | Buffer | null;
export type Params = Record<string, Value>;

const prepared = new WeakMap<Db, Map<string, Database.Statement>>();

/** Prepares each statement once for a connection: preparing costs more than most of our statements. */
function statement(db: Db, sql: string, pluck = false): Database.Statement {
  let known = prepared.get(db);
  if (!known) prepared.set(db, (known = new Map<string, Database.Statement>()));
  const key = pluck ? `pluck ${sql}` : sql;
  let found = known.get(key);
  if (!found) {
    found = db.prepare(sql);
    if (pluck) found.pluck();
    known.set(key, found);
  }
  return found;
}

/** All rows as objects. */
export function rows(db: Db, sql: string, params: Params = {}): unknown[] {
  return translated(db, () => statement(db, sql).all(params));
}

/** The first row, or undefined. */
export function row(db: Db, sql: string, params: Params = {}): unknown {
  return translated(db, () => statement(db, sql).get(params));
}

/** The first column of all rows. */
export function column(db: Db, sql: string, params: Params = {}): unknown[] {
  return translated(db, () => statement(db, sql, true).all(params));
}

/** The first column of the first row, or undefined. */
export function value(db: Db, sql: string, params: Params = {}): unknown {
  return translated(db, () => statement(db, sql, true).get(params));
}

/** Runs a statement that returns no rows. */
export function run(db: Db, sql: string, params: Params = {}): { changes: number; id: number } {
  const { changes, lastInsertRowid } = translated(db, () => statement(db, sql).run(params));
  return { changes, id: Number(lastInsertRowid) };
}

/**
 * Runs `work` as one transaction: all of it is durable when this returns, none of it when it throws. The write lock is
 * taken at once, so that a second process waits instead of failing half-way.
 */
export function transaction<T>(db: Db, work: () => T): T {
  return translated(db, () => db.transaction(work).immediate());
}

function translated<T>(db: Db, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const translated = sqlError(error, db.name);
    if (translated instanceof TwofoldError && translated.code === 'corrupt') forgetCheck(db.name);
    throw translated;
  }
}

/** Turns SQLite's errors (with their extended codes) into sentences; anything else comes back as it is. */
export function sqlError(error: unknown, file: string): unknown {
  if (!(error instanceof Database.SqliteError)) return error;
  const { code } = error;
  const is = (...prefixes: string[]): boolean => prefixes.some((prefix) => code.startsWith(prefix));
  const make = (kind: ConstructorParameters<typeof TwofoldError>[0], message: string): TwofoldError =>
    new TwofoldError(kind, message, { cause: error });
  if (is('SQLITE_FULL', 'SQLITE_IOERR_SHMSIZE', 'SQLITE_IOERR_SHMMAP')) {
    return make(
      'disk-full',
      `The disk that holds ${file} is full. Free some space and try again; nothing that was saved is lost.`,
    );
  }
  if (is('SQLITE_READONLY', 'SQLITE_CANTOPEN', 'SQLITE_PERM', 'SQLITE_AUTH')) {
    return make(
      'read-only',
      `${file} can't be written. Check the permissions of the project's folder, or copy it to a place where you may write.`,
    );
  }
  if (is('SQLITE_BUSY', 'SQLITE_LOCKED')) {
    return make('busy', `Another program is writing to ${file}. Wait until it is done and try again.`);
  }
  if (is('SQLITE_CORRUPT', 'SQLITE_NOTADB'))
    return make(
      'corrupt',
      `${file} is damaged (${error.message}). Close the project and open it again: it will be checked and its backups named.`,
    );
  if (is('SQLITE_IOERR')) {
    return make(
      'runtime',
      `The drive that holds ${file} gave an error (${code}). Check that it is connected and has free space, then open the project again.`,
    );
  }
  return error;
}
