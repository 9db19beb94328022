import { calibrated } from '../../../shared/calibrated.ts';
import { swapRule, unsureRuleSchema, type UnsureRule } from '../../../shared/unsure.ts';
import { isSwapped, noteModelsChanged } from '../labels/class-order.ts';
import { runNumber } from './run-ids.ts';
import { fromJson, run, transaction, value, type Db } from '../database/sql.ts';

/**
 * Stores a temperature with a run: converts its stored probabilities to those of logits / temperature, and marks its
 * folder for an update (see `tellRunFolders`). Out-of-sample probabilities, which are of other models, do not change.
 *
 * @param temperature above 0; 1 for none
 * @throws TwofoldError `not-found`
 */
export function setTemperature(db: Db, id: string, temperature: number): void {
  transaction(db, () => {
    const number = runNumber(db, id);
    const before = value<number>(db, 'SELECT temperature FROM runs WHERE number = :number', { number })!;
    if (before === temperature) return;
    run(db, 'UPDATE runs SET temperature = :temperature WHERE number = :number', { number, temperature });
    // Clamped like in `calibrated`, since the logits of 0 and 1 are infinite.
    run(
      db,
      `UPDATE run_pictures SET probability = 1 / (1 + exp(-:ratio * (ln(p) - ln(1 - p))))
       FROM (SELECT picture_id AS id, min(max(probability, 1e-300), 1 - 1.2e-16) AS p FROM run_pictures
             WHERE run_number = :number AND probability IS NOT NULL) clamped
       WHERE run_number = :number AND picture_id = clamped.id`,
      { number, ratio: before / temperature },
    );
    noteModelsChanged(db);
  });
}

/**
 * Stores a rule for unsure answers with a run; null removes it, so that the run answers every picture.
 *
 * @param rule for the run's current temperature and class order
 * @throws TwofoldError `not-found`
 */
export function setUnsure(db: Db, id: string, rule: UnsureRule | null): void {
  transaction(db, () => {
    const number = runNumber(db, id);
    const temperature = value<number>(db, 'SELECT temperature FROM runs WHERE number = :number', { number })!;
    const stored = rule && atTemperature(isSwapped(db) ? swapRule(rule) : rule, 1 / temperature);
    run(db, 'UPDATE runs SET unsure = :unsure WHERE number = :number', {
      number,
      unsure: stored && JSON.stringify(stored),
    });
    noteModelsChanged(db);
  });
}

/** Converts a stored rule to a temperature and class order; the same pictures are answered. */
export function readUnsure(
  stored: string | null,
  number: number,
  { temperature, swapped }: { temperature: number; swapped: boolean },
): UnsureRule | null {
  if (stored === null) return null;
  const rule = atTemperature(
    fromJson(unsureRuleSchema, stored, `the unsure rule of run ${number}`),
    temperature,
  );
  return swapped ? swapRule(rule) : rule;
}

/** Removes temperature and rule, for example when training is resumed and the model changes. */
export function forgetCalibration(db: Db, id: string): void {
  setTemperature(db, id, 1);
  setUnsure(db, id, null);
}

const atTemperature = (rule: UnsureRule, temperature: number): UnsureRule => {
  const [zero, one] = rule.from.map((from) => from && calibrated(from, temperature));
  return { ...rule, from: [zero!, one!] };
};
