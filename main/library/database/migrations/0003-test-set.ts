import type { Migration } from '../migrate.ts';

/**
 * The test set: a third split, and what each run's evaluation on it gave. A column's check can't be changed, so the
 * columns are created again; the tables stay, since others refer to them.
 */
export const testSet: Migration = {
  version: 3,
  sql: `
    DROP INDEX pictures_by_label;
    ALTER TABLE pictures ADD COLUMN new_split TEXT CHECK (new_split IN ('train', 'validation', 'test'));
    UPDATE pictures SET new_split = split WHERE split IS NOT NULL;
    ALTER TABLE pictures DROP COLUMN split;
    ALTER TABLE pictures RENAME COLUMN new_split TO split;
    CREATE INDEX pictures_by_label ON pictures (label, split);
    -- Whether a content is in the test set, and what the test set is, without reading a picture's row.
    CREATE INDEX pictures_in_test ON pictures (sha256, label) WHERE split = 'test';

    ALTER TABLE run_pictures ADD COLUMN new_split TEXT CHECK (new_split IN ('train', 'validation', 'test'));
    UPDATE run_pictures SET new_split = split WHERE split IS NOT NULL;
    ALTER TABLE run_pictures DROP COLUMN split;
    ALTER TABLE run_pictures RENAME COLUMN new_split TO split;

    CREATE TABLE test_evaluations (
      run_number INTEGER PRIMARY KEY REFERENCES runs (number) ON DELETE CASCADE,
      at_ms INTEGER NOT NULL,
      test_set TEXT NOT NULL, -- which pictures with which labels it was: SHA-256 of their contents and labels
      seen INTEGER NOT NULL, -- test pictures that the run was trained or validated on, which do not count
      left_out INTEGER NOT NULL, -- test pictures that could not be read
      evaluation TEXT NOT NULL CHECK (json_valid(evaluation))
    ) STRICT;
  `,
};
