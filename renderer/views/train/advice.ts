import type { Recipe } from '../../../shared/recipe.ts';

/** From so much dropout on, more of it hardly helps. */
const MUCH_DROPOUT = 0.5;
const FEW_UNITS = 64;
const WIDE_RANGE_DEGREES = 20;

/** What may help a run that overfits, the likeliest first: what its recipe does already is not proposed. */
export function adviceOn(recipe: Recipe | null): string[] {
  const advice = ['Label more pictures, above all ones that differ from those there are.'];
  if (!recipe) return advice;
  const { augmentation, dropout, units, patience } = recipe;
  if (!augmentation.enabled) {
    advice.push('Switch on “Vary the pictures”: the same pictures then teach more.');
  } else if (augmentation.variants > 0) {
    advice.push('Set “Reuse variants” to 0, so that every epoch sees fresh ones.');
  } else if (augmentation.rotation < WIDE_RANGE_DEGREES) {
    advice.push('Vary the pictures more: rotation, shifts, zoom.');
  }
  if (dropout < MUCH_DROPOUT) advice.push(`More dropout: ${MUCH_DROPOUT} instead of ${dropout}.`);
  const largest = Math.max(...units);
  if (largest > FEW_UNITS) {
    advice.push(`A smaller head: ${Math.max(FEW_UNITS, Math.round(largest / 4))} hidden units, say.`);
  }
  if (patience === null) advice.push('Stop early, after 5 epochs without a better one, to save the time.');
  return advice;
}
