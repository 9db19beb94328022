import type { Migration } from '../migrate.ts';

/**
 * Pictures that were removed from the project stay stored, so that undo can restore them with labels and history. The view
 * `pictures` has the others, so no query can count a removed picture by mistake; writes go to `stored_pictures`.
 */
export const removal: Migration = {
  version: 5,
  sql: `
    ALTER TABLE pictures RENAME TO stored_pictures;
    -- The batch that removed the picture; null while it is in the project.
    ALTER TABLE stored_pictures ADD COLUMN removed_batch_id INTEGER REFERENCES label_batches (id);
    -- 1: pictures were removed or restored; the batch's events name them, with unchanged labels
    ALTER TABLE label_batches ADD COLUMN is_removal INTEGER NOT NULL DEFAULT 0 CHECK (is_removal IN (0, 1));

    DROP INDEX pictures_by_place;
    CREATE UNIQUE INDEX pictures_by_place ON stored_pictures
      (directory_id, name, (CASE WHEN problem = 'missing' OR removed_batch_id IS NOT NULL THEN id ELSE 0 END));
    -- With the column of the view's condition, so that counts and lists are still read from an index alone.
    DROP INDEX pictures_by_label;
    CREATE INDEX pictures_by_label ON stored_pictures (label, split, removed_batch_id);
    DROP INDEX pictures_by_name;
    CREATE INDEX pictures_by_name ON stored_pictures (name_key, removed_batch_id);
    DROP INDEX pictures_in_test;
    CREATE INDEX pictures_in_test ON stored_pictures (sha256, label, removed_batch_id) WHERE split = 'test';
    CREATE INDEX pictures_removed ON stored_pictures (removed_batch_id) WHERE removed_batch_id IS NOT NULL;

    CREATE VIEW pictures AS SELECT * FROM stored_pictures WHERE removed_batch_id IS NULL;

    -- The search reads whole paths instead.
    ALTER TABLE directories DROP COLUMN folded;
  `,
};
