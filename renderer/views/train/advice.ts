import type { Recipe } from '../../../shared/recipe.ts';

/** Dropout above this rarely helps. */
const MUCH_DROPOUT = 0.5;
const FEW_UNITS = 64;
const WIDE_RANGE_DEGREES = 20;

/** What may reduce overfitting, the most promising first. What the recipe does already is not suggested. */
export function adviceOn(recipe: Recipe | null): string[] {
  const advice = ['Label more pictures, especially ones unlike those you have.'];
  if (!recipe) return advice;
  const { augmentation, dropout, units, patience } = recipe;
  if (!augmentation.enabled) {
    advice.push('Switch on “Augment pictures”.');
  } else if (augmentation.variants > 0) {
    advice.push('Set “Reuse variants” to 0, so that every epoch sees new ones.');
  } else if (augmentation.rotation < WIDE_RANGE_DEGREES) {
    advice.push('Augment more: rotation, shifts, zoom.');
  }
  if (dropout < MUCH_DROPOUT) advice.push(`Increase dropout from ${dropout} to ${MUCH_DROPOUT}.`);
  const largest = Math.max(...units);
  if (largest > FEW_UNITS) {
    advice.push(`Use a smaller head, such as ${Math.max(FEW_UNITS, Math.round(largest / 4))} hidden units.`);
  }
  if (patience === null) advice.push('Set “Early stopping” to 5 epochs, to save time.');
  return advice;
}
