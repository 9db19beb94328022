import type { Migration } from '../migrate.ts';

/** Which class is the positive one can be changed; which is written to the run folders, like the threshold. */
export const classOrder: Migration = {
  version: 4,
  sql: `
    -- 1: stored class 0 is shown as class 1, the positive one, and the other way round
    ALTER TABLE project ADD COLUMN swapped INTEGER NOT NULL DEFAULT 0 CHECK (swapped IN (0, 1));
    -- Changes of class order and threshold so far, and how many of them every run.json knows of. Runs from before know
    -- of no threshold.
    ALTER TABLE project ADD COLUMN run_files_wanted INTEGER NOT NULL DEFAULT 1;
    ALTER TABLE project ADD COLUMN run_files_written INTEGER NOT NULL DEFAULT 0;
    -- 1: the classes changed places; such a batch has no events
    ALTER TABLE label_batches ADD COLUMN is_swap INTEGER NOT NULL DEFAULT 0 CHECK (is_swap IN (0, 1));
  `,
};
