import type { Migration } from '../migrate.ts';

/** Training runs, their epochs, and their predictions. A run's id is `r` and its number. */
export const runs: Migration = {
  version: 2,
  sql: `
    CREATE TABLE runs (
      number INTEGER PRIMARY KEY AUTOINCREMENT,
      name TEXT NOT NULL DEFAULT '',
      note TEXT NOT NULL DEFAULT '',
      status TEXT NOT NULL CHECK (status IN ('running', 'done', 'stopped', 'failed', 'crashed')),
      process TEXT NOT NULL, -- host and process id of who runs it
      recipe TEXT NOT NULL CHECK (json_valid(recipe)),
      weights_fingerprint TEXT,
      classes TEXT NOT NULL CHECK (json_valid(classes)),
      created_at_ms INTEGER NOT NULL,
      finished_at_ms INTEGER,
      best_epoch INTEGER,
      metrics TEXT NOT NULL DEFAULT 'null' CHECK (json_valid(metrics)),
      error TEXT CHECK (json_valid(error))
    ) STRICT;

    CREATE TABLE epochs (
      run_number INTEGER NOT NULL REFERENCES runs (number) ON DELETE CASCADE,
      epoch INTEGER NOT NULL CHECK (epoch >= 1),
      duration_ms REAL NOT NULL,
      loss REAL, -- null: not a number
      accuracy REAL,
      val_loss REAL,
      val_accuracy REAL,
      batch_losses BLOB NOT NULL, -- float32, little-endian
      PRIMARY KEY (run_number, epoch)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE run_pictures (
      run_number INTEGER NOT NULL REFERENCES runs (number) ON DELETE CASCADE,
      picture_id INTEGER NOT NULL REFERENCES pictures (id) ON DELETE CASCADE,
      split TEXT CHECK (split IN ('train', 'validation')),
      probability REAL CHECK (probability BETWEEN 0 AND 1), -- of class 1, by the run's model
      out_of_sample REAL CHECK (out_of_sample BETWEEN 0 AND 1), -- of class 1, by a model that did not train on it
      PRIMARY KEY (run_number, picture_id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX run_pictures_by_picture ON run_pictures (picture_id);
  `,
};
