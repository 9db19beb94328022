import { z } from 'zod';
import type { Row } from './recipe/rows.ts';
import { RECIPE_TABLE } from './recipe/table.ts';

/** Key of a parameter: `epochs`, or `augmentation.zoom` for one of the random transforms. */
export type RecipeKey = keyof typeof RECIPE_TABLE;
type AugmentationKey = Extract<RecipeKey, `augmentation.${string}`>;
type Value = number | string | boolean | null | readonly number[];

export const RECIPE_KEYS = Object.keys(RECIPE_TABLE) as RecipeKey[];
export const rowOf = (key: RecipeKey): Row => RECIPE_TABLE[key];

const AUGMENTATION = 'augmentation.';
const isAugmentation = (key: RecipeKey): key is AugmentationKey => key.startsWith(AUGMENTATION);

/** The augmentation's parameters. */
export const augmentationSchema = z.strictObject(
  Object.fromEntries(
    RECIPE_KEYS.filter(isAugmentation).map((key) => [
      key.slice(AUGMENTATION.length),
      RECIPE_TABLE[key].schema,
    ]),
  ) as { [Key in AugmentationKey as Key extends `augmentation.${infer Name}` ? Name : never]: Schema<Key> },
);
export type Augmentation = z.infer<typeof augmentationSchema>;

/** Everything that decides how a run is trained. */
export const recipeSchema = z.strictObject({
  ...(Object.fromEntries(
    RECIPE_KEYS.filter((key) => !isAugmentation(key)).map((key) => [key, RECIPE_TABLE[key].schema]),
  ) as { [Key in Exclude<RecipeKey, AugmentationKey>]: Schema<Key> }),
  augmentation: augmentationSchema.prefault({}),
});
export type Recipe = z.infer<typeof recipeSchema>;

/** The recipe of a run as it was stored: where a parameter did not exist yet, the value that repeats what the run did. */
export const storedRecipeSchema = z.preprocess(
  (stored) => (typeof stored === 'object' ? { groupDuplicates: false, ...stored } : stored),
  recipeSchema,
);

type Schema<Key extends RecipeKey> = (typeof RECIPE_TABLE)[Key]['schema'];

export const DEFAULT_RECIPE: Recipe = recipeSchema.parse({});

export function valueOf(recipe: Recipe, key: RecipeKey): Value {
  const flat: Record<string, Value> = isAugmentation(key)
    ? recipe.augmentation
    : (({ augmentation: _, ...rest }) => rest)(recipe);
  return flat[key.replace(AUGMENTATION, '')]!;
}

/** The value in words: `off`, `never`, `512, 128`. */
export function textOf(recipe: Recipe, key: RecipeKey): string {
  const value = valueOf(recipe, key);
  const row = rowOf(key);
  if (value === null) return 'none' in row ? row.none : '';
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  return typeof value === 'object' ? value.join(', ') : String(value);
}

/** A recipe, still to be checked, with these values in place of those of `base`. */
export function withValues(base: Recipe, values: ReadonlyMap<RecipeKey, unknown>): unknown {
  const changed: Record<string, unknown> = { ...base };
  const augmentation: Record<string, unknown> = { ...base.augmentation };
  for (const [key, value] of values) {
    (isAugmentation(key) ? augmentation : changed)[key.replace(AUGMENTATION, '')] = value;
  }
  return { ...changed, augmentation };
}

/** Keys whose values are not the same in all of the recipes, in the table's order. */
export function differences(recipes: readonly Recipe[]): RecipeKey[] {
  return RECIPE_KEYS.filter((key) => new Set(recipes.map((recipe) => String(valueOf(recipe, key)))).size > 1);
}
