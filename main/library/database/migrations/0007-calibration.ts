import type { Migration } from '../migrate.ts';

/** A run's temperature, by which its logits are divided, and the rule by which it leaves pictures unanswered. */
export const calibration: Migration = {
  version: 7,
  sql: `
    ALTER TABLE runs ADD COLUMN temperature REAL NOT NULL DEFAULT 1 CHECK (temperature > 0);
    -- null: it answers every picture; classes in stored order, probabilities at temperature 1
    ALTER TABLE runs ADD COLUMN unsure TEXT CHECK (json_valid(unsure));
  `,
};
