import type { Migration } from '../migrate.ts';

/** What a run learned from, so that runs that differ only in the seed can be recognised. */
export const runData: Migration = {
  version: 9,
  sql: `
    -- SHA-256 of contents, labels and splits; null: not known, from an earlier version
    ALTER TABLE runs ADD COLUMN data_fingerprint TEXT;
  `,
};
