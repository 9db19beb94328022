import { expect, test } from 'vitest';
import { formOf, readForm } from '../../../renderer/state/train-fields.ts';
import {
  DEFAULT_RECIPE,
  RECIPE_KEYS,
  recipeSchema,
  rowOf,
  withValues,
  type Recipe,
  type RecipeKey,
} from '../../../shared/recipe.ts';

const WITH = (id: RecipeKey, value: string | boolean) => readForm({ ...formOf(DEFAULT_RECIPE), [id]: value });

test('the form returns every recipe unchanged', () => {
  const other: Recipe = {
    ...DEFAULT_RECIPE,
    units: [512, 64],
    learningRate: 3e-7,
    patience: 5,
    augmentation: { ...DEFAULT_RECIPE.augmentation, enabled: false, variants: 3, zoom: 0.05 },
  };
  for (const recipe of [DEFAULT_RECIPE, other]) {
    expect(readForm(formOf(recipe))).toEqual({ recipe, errors: {} });
  }
});

test('the form accepts exactly the numbers that the recipe accepts', () => {
  for (const id of RECIPE_KEYS) {
    const field = rowOf(id);
    if (field.kind !== 'number') continue;
    const step = field.accepts.includes('whole') ? 1 : 1e-3;
    for (const number of [field.min - step, field.min, field.min + step, field.max, field.max + step, 1.5]) {
      const candidate = withValues(DEFAULT_RECIPE, new Map([[id, number]]));
      const taken = WITH(id, String(number)).recipe !== null;
      expect(taken, `${id} = ${number}`).toBe(recipeSchema.safeParse(candidate).success);
    }
  }
});

test('an error is shown at its field only', () => {
  expect(WITH('epochs', 'many')).toEqual({
    recipe: null,
    errors: { epochs: 'Expected a whole number from 1 to 10,000.' },
  });
  expect(WITH('learningRate', '0').errors).toEqual({
    learningRate: 'Expected a number above 0, up to 1.',
  });
  expect(WITH('units', '').errors.units).toContain('such as 512, 128');
  expect(WITH('units', '10, 20, 30, 40, 50').recipe).toBeNull();
  expect(WITH('epochs', '').errors.epochs).toBeDefined();
});

test('an empty patience is never, a decimal comma is a decimal point', () => {
  expect(WITH('patience', '').recipe?.patience).toBeNull();
  expect(WITH('patience', '4').recipe?.patience).toBe(4);
  expect(WITH('dropout', '0,35').recipe?.dropout).toBe(0.35);
  expect(WITH('units', '512; 128').recipe?.units).toEqual([512, 128]);
});
