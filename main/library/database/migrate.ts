import { TwofoldError } from '../../../shared/errors.ts';
import { sqlError } from './sql-errors.ts';
import { transaction, type Db } from './sql.ts';

export interface Migration {
  /**
   * 1, 2, 3, …: the schema's version (`PRAGMA user_version`) once it has run. Without gaps: one that is filled in later
   * would be skipped by projects that are already past it.
   */
  version: number;
  sql: string;
}

/** `TWOF`: identifies Twofold's databases (`PRAGMA application_id`). */
export const APPLICATION_ID = 0x54574f46;

export function schemaVersion(db: Db): number {
  return db.pragma('user_version', { simple: true }) as number;
}

/**
 * Runs all missing migrations in one transaction.
 *
 * @param backUp called before anything is changed, unless the database is empty
 * @returns the version before
 * @throws TwofoldError `newer-version`
 */
export function migrate(db: Db, migrations: readonly Migration[], backUp: (version: number) => void): number {
  const before = schemaVersion(db);
  const latest = migrations.at(-1)?.version ?? 0;
  if (before > latest) {
    throw new TwofoldError(
      'newer-version',
      `This project was last used with a newer Twofold (its library has version ${before}; this program supports versions up to ${latest}). Update Twofold to open it. Nothing was changed.`,
    );
  }
  if (before === latest) return before;
  if (before > 0) backUp(before);
  transaction(db, () => {
    for (const { version, sql } of migrations) {
      // Read again: another process may have migrated while this one waited for the lock.
      if (version <= schemaVersion(db)) continue;
      try {
        db.exec(sql);
      } catch (error) {
        throw sqlError(error, db.name);
      }
      db.pragma(`user_version = ${version}`);
    }
    db.pragma(`application_id = ${APPLICATION_ID}`);
    const broken = db.pragma('foreign_key_check') as unknown[];
    if (broken.length > 0) {
      throw new TwofoldError(
        'corrupt',
        `Updating ${db.name} failed: ${broken.length} entries refer to missing ones. Nothing was changed. Restore a backup from the project's backups folder.`,
      );
    }
  });
  return before;
}
