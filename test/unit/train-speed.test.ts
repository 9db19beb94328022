import { expect, test } from 'vitest';
import { DEFAULT_RECIPE } from '../../shared/recipe.ts';
import { recipeOfPreset } from '../../shared/recipe/presets.ts';
import { expectedMs } from '../../shared/train-speed.ts';

const speed = { featuresMs: 40, readMs: 1, stepMs: 5, otherMs: 3000 };
const pictures = { train: 200, validation: 50 };

test('Quick computes each feature once; Tutorial those of training in every epoch', () => {
  // 250 features, 20 epochs that read 250 and step 200.
  expect(expectedMs(recipeOfPreset('quick', DEFAULT_RECIPE), speed, pictures)).toBe(
    3000 + 250 * 40 + 20 * (250 * 1 + 200 * 5),
  );
  // 50 validation features, 20 epochs that compute and step 200 and read 50.
  expect(expectedMs(recipeOfPreset('tutorial', DEFAULT_RECIPE), speed, pictures)).toBe(
    3000 + 50 * 40 + 20 * (200 * 45 + 50 * 1),
  );
});

test('kept variants are computed once', () => {
  const augmentation = { ...DEFAULT_RECIPE.augmentation, variants: 3 };
  expect(expectedMs({ ...DEFAULT_RECIPE, epochs: 10, augmentation }, speed, pictures)).toBe(
    3000 + (50 + 3 * 200) * 40 + (10 * 50 + 7 * 200) * 1 + 10 * 200 * 5,
  );
});

test('where no features were computed here, nothing is expected', () => {
  expect(expectedMs(DEFAULT_RECIPE, { ...speed, featuresMs: null }, pictures)).toBeNull();
});
