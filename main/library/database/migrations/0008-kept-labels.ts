import type { Migration } from '../migrate.ts';

/** A person can keep a label that looks wrong: a batch whose events name the pictures, with unchanged labels. */
export const keptLabels: Migration = {
  version: 8,
  sql: `
    -- 1: labels were checked and kept
    ALTER TABLE label_batches ADD COLUMN is_keep INTEGER NOT NULL DEFAULT 0 CHECK (is_keep IN (0, 1));
  `,
};
