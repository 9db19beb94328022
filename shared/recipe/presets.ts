import {
  DEFAULT_RECIPE,
  differences,
  recipeSchema,
  withValues,
  type Recipe,
  type RecipeKey,
} from '../recipe.ts';

/** Whole recipes to choose from, for someone who does not want to set every parameter. */
export const PRESETS = {
  quick: {
    label: 'Quick',
    summary: 'No augmentation. The features of each picture are computed once, so epochs are fast.',
    changes: { 'augmentation.enabled': false },
  },
  tutorial: {
    label: 'Tutorial',
    summary: 'The settings of the Keras transfer-learning tutorial.',
    changes: {},
  },
  thorough: {
    label: 'Thorough',
    summary: 'Up to 60 epochs with augmentation. Stops after 8 without a lower validation loss.',
    changes: { epochs: 60, patience: 8 },
  },
} as const satisfies Record<
  string,
  { label: string; summary: string; changes: Partial<Record<RecipeKey, unknown>> }
>;
export type Preset = keyof typeof PRESETS;
export const PRESET_IDS = Object.keys(PRESETS) as Preset[];

/** The preset, with the parts of a recipe that describe the pictures and the weights at hand, not how to train. */
export function recipeOfPreset(preset: Preset, { weights, bits16, classWeights }: Recipe): Recipe {
  const changes = new Map(Object.entries(PRESETS[preset].changes) as [RecipeKey, unknown][]);
  return recipeSchema.parse(withValues({ ...DEFAULT_RECIPE, weights, bits16, classWeights }, changes));
}

/** The preset that the recipe is; null where it is none. */
export function presetOf(recipe: Recipe): Preset | null {
  return PRESET_IDS.find((id) => differences([recipe, recipeOfPreset(id, recipe)]).length === 0) ?? null;
}
