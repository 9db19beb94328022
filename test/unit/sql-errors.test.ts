import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { sqlError } from '../../main/library/database/sql-errors.ts';
import { TwofoldError, type ErrorCode } from '../../shared/errors.ts';

const FILE = path.join(import.meta.dirname, 'library.db');

function told(code: string, file = FILE): TwofoldError {
  const error = sqlError(new Database.SqliteError('detail', code), file);
  if (!(error instanceof TwofoldError)) throw new Error(`${code} has no sentence.`);
  return error;
}

/** Every error code in the header of the SQLite that is used: primary ones and `SQLITE_PRIMARY_DETAIL`. */
function everyCode(): string[] {
  const folder = path.dirname(createRequire(import.meta.url).resolve('better-sqlite3/package.json'));
  const header = readFileSync(path.join(folder, 'deps/sqlite3/sqlite3.h'), 'utf8');
  const primary = [...header.matchAll(/^#define (SQLITE_[A-Z]+) +(\d+) +\/\*/gm)]
    .filter(([, , number]) => Number(number) >= 1 && Number(number) <= 28)
    .map(([, name]) => name!);
  const extended = [...header.matchAll(/^#define (SQLITE_[A-Z_]+) +\(SQLITE_[A-Z]+ \| \(\d+<<8\)\)/gm)].map(
    ([, name]) => name!,
  );
  return [...new Set([...primary, ...extended])].filter((code) => code !== 'SQLITE_OK_LOAD_PERMANENTLY');
}

test('every code of SQLite has a message, and only a full disk is reported as full', () => {
  const codes = everyCode();
  expect(codes.length).toBeGreaterThan(95);
  for (const code of codes) {
    const { message } = told(code);
    expect(message, code).toMatch(/^[^a-z].*\.$/s);
    expect({ code, full: message.includes('is full') }).toEqual({ code, full: code === 'SQLITE_FULL' });
  }
});

describe('codes', () => {
  test.each<[ErrorCode, string[]]>([
    ['disk-full', ['SQLITE_FULL']],
    ['read-only', ['SQLITE_READONLY', 'SQLITE_READONLY_DIRECTORY', 'SQLITE_PERM', 'SQLITE_CANTOPEN']],
    ['busy', ['SQLITE_BUSY', 'SQLITE_BUSY_SNAPSHOT', 'SQLITE_LOCKED']],
    ['corrupt', ['SQLITE_CORRUPT_INDEX', 'SQLITE_NOTADB', 'SQLITE_IOERR_CORRUPTFS']],
    ['unsupported', ['SQLITE_IOERR_SHMMAP', 'SQLITE_IOERR_LOCK', 'SQLITE_PROTOCOL', 'SQLITE_NOLFS']],
    ['not-found', ['SQLITE_READONLY_DBMOVED']],
    ['runtime', ['SQLITE_NOMEM', 'SQLITE_IOERR_NOMEM', 'SQLITE_IOERR_READ', 'SQLITE_IOERR']],
    ['bad-input', ['SQLITE_CANTOPEN_ISDIR']],
    ['internal', ['SQLITE_CONSTRAINT_UNIQUE', 'SQLITE_ERROR', 'SQLITE_MISUSE', 'SQLITE_OF_TOMORROW']],
  ])('%s', (expected, codes) => {
    for (const code of codes) expect({ code, is: told(code).code }).toEqual({ code, is: expected });
  });

  test('other errors than those of SQLite are returned unchanged', () => {
    const error = new Error('other');
    expect(sqlError(error, FILE)).toBe(error);
  });
});
