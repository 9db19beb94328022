import { crossValidationSchema, type StoredCrossValidation } from '../../../shared/cross-validation.ts';
import { swapRecipe } from '../../../shared/swap.ts';
import { value, type Db } from '../database/sql.ts';
import { isSwapped } from '../labels/class-order.ts';
import { putSetting } from '../settings.ts';

const KEY = 'crossValidation';

/** The latest cross-validation; null before, or if a newer version stored it. */
export function getCrossValidation(db: Db): StoredCrossValidation | null {
  const stored = value<string>(db, 'SELECT value FROM settings WHERE key = :key', { key: KEY });
  const parsed = crossValidationSchema.safeParse(JSON.parse(stored ?? 'null'));
  return parsed.success ? inOrder(db, parsed.data) : null;
}

export function setCrossValidation(db: Db, found: StoredCrossValidation): void {
  putSetting(db, KEY, inOrder(db, found));
}

/** Between stored and shown class order, which only the class weights of the recipe depend on. */
const inOrder = (db: Db, found: StoredCrossValidation): StoredCrossValidation =>
  isSwapped(db) ? { ...found, recipe: swapRecipe(found.recipe) } : found;
