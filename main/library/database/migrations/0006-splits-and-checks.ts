import type { Migration } from '../migrate.ts';

/** Moving pictures between sets becomes an undo step, and what was measured of pictures is kept by content. */
export const splitsAndChecks: Migration = {
  version: 6,
  sql: `
    -- 1: pictures were moved to another set; \`split_events\` has them
    ALTER TABLE label_batches ADD COLUMN is_split INTEGER NOT NULL DEFAULT 0 CHECK (is_split IN (0, 1));
    CREATE TABLE split_events (
      batch_id INTEGER NOT NULL REFERENCES label_batches (id),
      picture_id INTEGER NOT NULL REFERENCES stored_pictures (id) ON DELETE CASCADE,
      split TEXT CHECK (split IN ('train', 'validation', 'test')),
      previous_split TEXT CHECK (previous_split IN ('train', 'validation', 'test')),
      PRIMARY KEY (batch_id, picture_id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX split_events_by_picture ON split_events (picture_id);

    -- Properties of contents at the model's input size, see main/pictures/measure.ts.
    CREATE TABLE measures (
      sha256 TEXT PRIMARY KEY,
      version INTEGER NOT NULL, -- of the way of measuring
      brightness REAL NOT NULL,
      contrast REAL NOT NULL,
      colourfulness REAL NOT NULL,
      sharpness REAL, -- null: the picture shows too little
      edge REAL NOT NULL
    ) STRICT, WITHOUT ROWID;
  `,
};
