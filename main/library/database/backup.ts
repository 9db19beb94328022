import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { replaceFileSync } from '../../files/atomic-file.ts';
import { sqlError } from './sql-errors.ts';
import type { Db } from './sql.ts';

/** Copies of library.db in the project's `backups` folder, made before each migration. */

const KEPT = 5;
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
