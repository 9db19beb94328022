import type Database from 'better-sqlite3';
import { TwofoldError } from '../../../shared/errors.ts';
import { forgetCheck } from './check-note.ts';
import { sqlError } from './sql-errors.ts';

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
