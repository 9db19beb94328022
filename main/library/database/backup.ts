import { copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { TwofoldError } from '../../../shared/errors.ts';
import { replaceFile, replaceFileSync } from '../../files/atomic-file.ts';
import { sqlError } from './sql-errors.ts';
import type { Db } from './sql.ts';

/** Copies of library.db in the project's `backups` folder: before a migration, and once a day on request. */

const KEPT = 5;
const DAY_MS = 86_400_000;
const NAME = /^library-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-\d{3}Z-v\d+\.db$/;

function folderOf(file: string): string {
  return path.join(path.dirname(file), 'backups');
}

function stamp(): string {
  return new Date().toISOString().replace(/[:.]/g, '-');
}

/** Backups of the project in `projectFolder`, absolute paths, newest first. */
export function listBackups(projectFolder: string): string[] {
  const folder = path.join(projectFolder, 'backups');
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => NAME.test(name));
  return names
    .sort()
    .reverse()
    .map((name) => path.join(folder, name));
}

function newBackup(db: Db, version: number): string {
  const folder = folderOf(db.name);
  mkdirSync(folder, { recursive: true });
  return path.join(folder, `library-${stamp()}-v${version}.db`);
}

function keepNewest(projectFolder: string): void {
  for (const old of listBackups(projectFolder).slice(KEPT)) rmSync(old, { force: true });
}

/** Writes a backup synchronously, before a migration. Returns its path. */
export function backUpNow(db: Db, version: number): string {
  const final = newBackup(db, version);
  try {
    replaceFileSync(final, (temporary) => db.prepare('VACUUM INTO ?').run(temporary));
  } catch (error) {
    throw sqlError(error, final);
  }
  keepNewest(path.dirname(db.name));
  return final;
}

/**
 * Writes a backup in small steps if the newest one is older than a day.
 *
 * @returns its path, or null where the newest one is recent
 */
export async function backUpDaily(db: Db, now: number = Date.now()): Promise<string | null> {
  const newest = listBackups(path.dirname(db.name))[0];
  if (newest !== undefined && now - statSync(newest).mtimeMs < DAY_MS) return null;
  const final = newBackup(db, db.pragma('user_version', { simple: true }) as number);
  try {
    // 500 pages of 4 KiB take about a millisecond.
    await replaceFile(final, async (temporary) => {
      await db.backup(temporary, { progress: () => 500 });
    });
  } catch (error) {
    throw sqlError(error, final);
  }
  keepNewest(path.dirname(db.name));
  return final;
}

/**
 * Replaces a damaged library with a backup and keeps it as `backups/damaged-….db`. The project must be closed.
 *
 * @returns path of the damaged library
 * @throws TwofoldError `not-found` where there is no such backup
 */
export function restoreBackup(projectFolder: string, backup: string): string {
  if (!listBackups(projectFolder).includes(path.resolve(backup))) {
    throw new TwofoldError(
      'not-found',
      `${backup} is not a backup of this project. Choose one from ${path.join(projectFolder, 'backups')}.`,
    );
  }
  const library = path.join(projectFolder, 'library.db');
  const damaged = path.join(projectFolder, 'backups', `damaged-${stamp()}.db`);
  replaceFileSync(library, (copy) => {
    copyFileSync(backup, copy);
    for (const suffix of ['', '-wal']) {
      if (existsSync(library + suffix)) renameSync(library + suffix, damaged + suffix);
    }
    rmSync(`${library}-shm`, { force: true });
  });
  return damaged;
}
