import { existsSync } from 'node:fs';
import Database from 'better-sqlite3';
import { TwofoldError } from '../../../shared/errors.ts';
import { goneWhileOpen } from '../database/sql-errors.ts';
import type { Db } from '../database/sql.ts';

/** Enough for the indexes that lists and counts read at 100,000 pictures. */
const CACHE_KIB = 16 * 1024;

/**
 * Opens a library for reading on another thread, while the main process has it open.
 *
 * @throws TwofoldError `not-found` if the project was moved or deleted meanwhile
 */
export function connectToRead(file: string): Db {
  if (!existsSync(file)) throw new TwofoldError(...goneWhileOpen(file));
  const opened = new Database(file, { readonly: true });
  opened.pragma(`cache_size = -${CACHE_KIB}`);
  opened.pragma('temp_store = MEMORY');
  return opened;
}
