import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { trainScript } from '../../../main/export/samples/train.ts';
import { recipeSchema } from '../../../shared/recipe.ts';
import { here, python, temporaryFolder } from '../../kit/export-support.ts';

test('Python reads the very values: any class name, numbers, nothing', async () => {
  const recipe = recipeSchema.parse({
    learningRate: 1e-7,
    units: [16, 8],
    dropout: 0,
    patience: null,
    augmentation: { zoom: 0, shear: 0, widthShift: 0, verticalFlip: true, variants: 3 },
  });
  const classes = ['<b>"q"</b> \\back \u2028 """', "O'Brien 🐶 名前 %s {x}"] as const;
  const script = join(temporaryFolder(), 'train.py');
  const values = { classes, folders: classes, recipe, classWeights: [2 / 3, 2] as const };
  writeFileSync(script, trainScript({ ...values, valLoss: null, valAccuracy: null }));
  const constants = JSON.parse(await python(here('script_constants.py'), script)) as Record<string, unknown>;
  expect(constants).toEqual({
    CLASSES: classes,
    FOLDERS: classes,
    SIZE: 150,
    CUT: 'mixed7',
    RESIZE: recipe.resize,
    UNITS: [16, 8],
    DROPOUT: 0,
    LEARNING_RATE: 1e-7,
    BATCH: recipe.batch,
    EPOCHS: recipe.epochs,
    PATIENCE: null,
    SEED: recipe.seed,
    CLASS_WEIGHTS: [2 / 3, 2],
    VARIANTS: 3,
    AUGMENTATION: {
      rotation_range: 40,
      width_shift_range: 0,
      height_shift_range: 0.2,
      shear_range: 0,
      zoom_range: 0,
      horizontal_flip: true,
      vertical_flip: true,
      fill_mode: 'nearest',
    },
  });
});
