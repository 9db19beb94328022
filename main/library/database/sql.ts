import type Database from 'better-sqlite3';
import { z } from 'zod';
import { TwofoldError } from '../../../shared/errors.ts';
import { forgetCheck } from './check-note.ts';
import { sqlError } from './sql-errors.ts';

/** An open library. */
export type Db = Database.Database;

export type Value = string | number | bigint | Buffer | null;
export type Params = Record<string, Value>;

const prepared = new WeakMap<Db, Map<string, Database.Statement>>();

/** Prepares each statement once per connection, since preparing takes longer than most statements. */
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

/* A type parameter states the type of the rows beside the SQL, instead of a cast around the call. */
/* eslint-disable @typescript-eslint/no-unnecessary-type-parameters */

/** All rows as objects. */
export function rows<Row extends object>(db: Db, sql: string, params: Params = {}): Row[] {
  return translated(db, () => statement(db, sql).all(params)) as Row[];
}

/** The first row, or undefined. */
export function row<Row extends object>(db: Db, sql: string, params: Params = {}): Row | undefined {
  return translated(db, () => statement(db, sql).get(params)) as Row | undefined;
}

/** The first column of all rows. */
export function column<Cell extends Value>(db: Db, sql: string, params: Params = {}): Cell[] {
  return translated(db, () => statement(db, sql, true).all(params)) as Cell[];
}

/** The first column of the first row, or undefined. */
export function value<Cell extends Value>(db: Db, sql: string, params: Params = {}): Cell | undefined {
  return translated(db, () => statement(db, sql, true).get(params)) as Cell | undefined;
}

/* eslint-enable @typescript-eslint/no-unnecessary-type-parameters */

/** Whether `SELECT EXISTS (query)` holds. */
export function exists(db: Db, query: string, params: Params = {}): boolean {
  return value<number>(db, `SELECT EXISTS (${query})`, params) === 1;
}

/**
 * The value of a JSON column.
 *
 * @throws TwofoldError `corrupt` if it does not have the expected shape
 */
export function fromJson<T>(schema: z.ZodType<T>, text: string, what: string): T {
  const parsed = schema.safeParse(JSON.parse(text));
  if (parsed.success) return parsed.data;
  throw new TwofoldError(
    'corrupt',
    `The project's library holds ${what} that can't be read: ${z.prettifyError(parsed.error)}. Restore library.db from a backup in the project's backups folder.`,
  );
}

/** Runs a statement that returns no rows. */
export function run(db: Db, sql: string, params: Params = {}): { changes: number; id: number } {
  const { changes, lastInsertRowid } = translated(db, () => statement(db, sql).run(params));
  return { changes, id: Number(lastInsertRowid) };
}

/**
 * Runs `work` as one transaction: durable when this returns, rolled back when it throws. The write lock is taken at the
 * start, so that a second process waits instead of failing half-way.
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
