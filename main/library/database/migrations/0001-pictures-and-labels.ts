import type { Migration } from '../migrate.ts';

/**
 * Pictures lie in directories (so that a moved project or folder is one row to change), labels are an append-only log
 * beside the current state. `label`: 0 and 1 are the classes, -1 is skipped, null is unlabelled.
 */
export const picturesAndLabels: Migration = {
  version: 1,
  sql: `
    CREATE TABLE project (
      one INTEGER PRIMARY KEY CHECK (one = 1),
      id TEXT NOT NULL,
      created_at_ms INTEGER NOT NULL,
      folder TEXT NOT NULL -- where the project lay when it was last opened
    ) STRICT;

    CREATE TABLE settings (
      key TEXT PRIMARY KEY,
      value TEXT NOT NULL CHECK (json_valid(value))
    ) STRICT;

    CREATE TABLE classes (
      id INTEGER PRIMARY KEY CHECK (id IN (0, 1)),
      name TEXT NOT NULL,
      color TEXT NOT NULL,
      named INTEGER NOT NULL DEFAULT 0 CHECK (named IN (0, 1)) -- 0: still the default name
    ) STRICT;

    CREATE TABLE directories (
      id INTEGER PRIMARY KEY,
      path TEXT NOT NULL UNIQUE,
      relative_path TEXT, -- to the project's folder; null on another drive
      folded TEXT NOT NULL -- its own name, for the search
    ) STRICT;

    CREATE TABLE imports (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      source TEXT NOT NULL CHECK (source IN ('folder', 'csv', 'files')),
      path TEXT NOT NULL,
      layout TEXT NOT NULL CHECK (layout IN ('plain', 'labels', 'split', 'csv')),
      status TEXT NOT NULL CHECK (status IN ('running', 'done', 'cancelled', 'failed', 'crashed')),
      process TEXT NOT NULL, -- host and process id of who runs it
      started_at_ms INTEGER NOT NULL,
      finished_at_ms INTEGER,
      counts TEXT NOT NULL CHECK (json_valid(counts)),
      notes TEXT NOT NULL CHECK (json_valid(notes))
    ) STRICT;

    CREATE TABLE label_batches (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      at_ms INTEGER NOT NULL,
      source TEXT NOT NULL,
      action TEXT NOT NULL CHECK (action IN ('set', 'undo', 'redo')),
      target_id INTEGER REFERENCES label_batches (id), -- what was undone or redone
      -- done: can be undone; undone: can be redone; dropped: was undone, then something else was labelled;
      -- fixed: part of an import, itself an undo or redo, or of pictures that are gone
      state TEXT NOT NULL CHECK (state IN ('done', 'undone', 'dropped', 'fixed'))
    ) STRICT;
    CREATE INDEX label_batches_by_state ON label_batches (state, id) WHERE state IN ('done', 'undone');

    CREATE TABLE pictures (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      directory_id INTEGER NOT NULL REFERENCES directories (id),
      name TEXT NOT NULL,
      folded TEXT NOT NULL, -- name for the search
      name_key TEXT NOT NULL, -- name for sorting, numbers in their natural order
      sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
      size_bytes INTEGER NOT NULL,
      mtime_ms INTEGER NOT NULL,
      width_px INTEGER NOT NULL,
      height_px INTEGER NOT NULL,
      format TEXT NOT NULL,
      added_at_ms INTEGER NOT NULL,
      import_id INTEGER REFERENCES imports (id) ON DELETE SET NULL,
      split TEXT CHECK (split IN ('train', 'validation')),
      problem TEXT CHECK (problem IN ('missing', 'changed')),
      label INTEGER CHECK (label IN (0, 1, -1)),
      label_batch_id INTEGER REFERENCES label_batches (id) -- the batch whose label is in force
    ) STRICT;
    -- Two pictures are never at one path, but a missing one keeps its last path while another has taken its place.
    CREATE UNIQUE INDEX pictures_by_place
      ON pictures (directory_id, name, (CASE WHEN problem = 'missing' THEN id ELSE 0 END));
    CREATE INDEX pictures_by_content ON pictures (sha256);
    CREATE INDEX pictures_by_name ON pictures (name_key);
    CREATE INDEX pictures_by_label ON pictures (label, split);
    CREATE INDEX pictures_by_problem ON pictures (problem) WHERE problem IS NOT NULL;
    CREATE INDEX pictures_by_import ON pictures (import_id);

    CREATE TABLE label_events (
      batch_id INTEGER NOT NULL REFERENCES label_batches (id),
      picture_id INTEGER NOT NULL REFERENCES pictures (id) ON DELETE CASCADE,
      label INTEGER CHECK (label IN (0, 1, -1)),
      previous_label INTEGER CHECK (previous_label IN (0, 1, -1)),
      previous_batch_id INTEGER,
      PRIMARY KEY (batch_id, picture_id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX label_events_by_picture ON label_events (picture_id);
    CREATE TRIGGER label_events_are_final BEFORE UPDATE ON label_events
      BEGIN SELECT RAISE(ABORT, 'the label log is append-only'); END;

    CREATE TABLE import_items (
      id INTEGER PRIMARY KEY,
      import_id INTEGER NOT NULL REFERENCES imports (id) ON DELETE CASCADE,
      path TEXT NOT NULL,
      kind TEXT NOT NULL CHECK (kind IN ('left-out', 'duplicate', 'moved', 'changed', 'label-kept')),
      code TEXT NOT NULL,
      message TEXT NOT NULL,
      picture_id INTEGER REFERENCES pictures (id) ON DELETE SET NULL
    ) STRICT;
    CREATE INDEX import_items_by_import ON import_items (import_id, kind);
    CREATE INDEX import_items_by_picture ON import_items (picture_id);
  `,
};
