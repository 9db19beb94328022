import { readFileSync } from 'node:fs';
import { format } from 'prettier';
import { expect, test } from 'vitest';
import { Output } from '../../main/cli/output.ts';
import { buildProgram } from '../../main/cli/program.ts';
import { recipeFromFlags, recipeOption } from '../../main/cli/recipe-options.ts';
import { formOf, helpOn } from '../../renderer/state/train-fields.ts';
import {
  DEFAULT_RECIPE,
  differences,
  RECIPE_KEYS,
  recipeSchema,
  rowOf,
  textOf,
  valueOf,
  withValues,
  type RecipeKey,
} from '../../shared/recipe.ts';
import { PRESET_IDS, presetOf, recipeOfPreset } from '../../shared/recipe/presets.ts';

/** One row of shared/recipe/table.ts is all it takes to add a parameter. */

const DOCS = new URL('../../docs/cli.md', import.meta.url);
const train = buildProgram(new Output({ json: false })).commands.find((one) => one.name() === 'train')!;

/** Keys of a recipe, read from the schema itself. */
function schemaKeys(): string[] {
  const { augmentation, ...top } = recipeSchema.shape;
  const inner = Object.keys(augmentation.unwrap().shape).map((key) => `augmentation.${key}`);
  return [...Object.keys(top), ...inner];
}

test('every key of the schema has exactly one row, and every row is a key of the schema', () => {
  expect([...RECIPE_KEYS].sort()).toEqual(schemaKeys().sort());
  expect(new Set(RECIPE_KEYS.map((key) => rowOf(key).flag)).size).toBe(RECIPE_KEYS.length);
  expect(new Set(RECIPE_KEYS.map((key) => rowOf(key).label)).size).toBe(RECIPE_KEYS.length);
});

test.each(RECIPE_KEYS)('%s is in the form, the options of train and the docs, with its default', (key) => {
  const row = rowOf(key);
  expect(valueOf(DEFAULT_RECIPE, key)).toEqual(row.initial);
  expect(formOf(DEFAULT_RECIPE)[key]).toBeDefined();
  expect(helpOn(key)).toMatch(/\.$/);
  const option = train.options.find(({ flags }) => flags === row.flag);
  expect(option?.description).toContain(row.summary);
  expect(readFileSync(DOCS, 'utf8')).toContain(`\`${row.flag}\``);
});

test.each(RECIPE_KEYS)('an option changes %s and nothing else', (key) => {
  const row = rowOf(key);
  const other: Record<typeof row.kind, unknown> = {
    number: 'min' in row ? row.max : 0,
    list: [7, 5],
    switch: row.initial !== true,
    choice: 'options' in row ? Object.keys(row.options).find((value) => value !== row.initial) : '',
    text: '1:3',
    name: 'another',
  };
  const value = other[row.kind] === row.initial ? 9 : other[row.kind];
  const recipe = recipeFromFlags({ [recipeOption(key).attributeName()]: value });
  expect(valueOf(recipe, key)).toEqual(value);
  expect(differences([DEFAULT_RECIPE, recipe])).toEqual([key]);
});

test('an invalid option is named with what it accepts', () => {
  expect(() => recipeFromFlags({ epochs: 0 })).toThrow(
    '--epochs: expected a whole number from 1 to 10,000, received 0.',
  );
  for (const classWeights of ['1', '0:1', '1:-2', '1:2:3', 'Balanced', '1:1e3']) {
    expect(() => recipeFromFlags({ classWeights })).toThrow(
      `--class-weights: expected none, balanced, or two numbers above 0 such as 1:3, received ${classWeights}.`,
    );
  }
  expect(() => recipeFromFlags({ resize: 'cubic' })).toThrow(
    '--resize: expected bilinear or nearest, received cubic.',
  );
  expect(() => recipeFromFlags({ size: 60 })).toThrow(expect.objectContaining({ code: 'size-too-small' }));
  expect(() => recipeFromFlags({ size: 6000 })).toThrow(expect.objectContaining({ code: 'bad-input' }));
});

test('the tutorial is the default preset, and a preset keeps weights, bits and class weights', () => {
  expect(presetOf(DEFAULT_RECIPE)).toBe('tutorial');
  const own = recipeSchema.parse({ weights: 'mine', bits16: 12, classWeights: 'balanced', epochs: 3 });
  expect(presetOf(own)).toBeNull();
  for (const id of PRESET_IDS) {
    const recipe = recipeOfPreset(id, own);
    expect(recipe).toMatchObject({ weights: 'mine', bits16: 12, classWeights: 'balanced' });
    expect(presetOf(recipe)).toBe(id);
    expect(
      presetOf(recipeSchema.parse(withValues(recipe, new Map<RecipeKey, unknown>([['seed', 2]])))),
    ).toBeNull();
  }
});

/** After a change of the table, `npx vitest run test/unit/recipe-table.test.ts -u` writes it into the docs. */
test('the table in docs/cli.md is the one that the rows give', async () => {
  const rows = RECIPE_KEYS.map((key) => {
    const row = rowOf(key);
    const meaning = row.kind === 'switch' && row.initial ? `do not ${row.summary}` : row.summary;
    const cells = row.kind === 'switch' ? ['', ''] : [`\`${textOf(DEFAULT_RECIPE, key)}\``, row.accepts];
    return `| \`${row.flag}\` | ${cells[0]} | ${cells[1]} | ${meaning} |`;
  });
  const table = ['| option | default | accepts | meaning |', '|---|---|---|---|', ...rows].join('\n');
  const docs = readFileSync(DOCS, 'utf8').replace(
    /<!-- recipe -->[^]*<!-- \/recipe -->/,
    `<!-- recipe -->\n\n${table}\n\n<!-- /recipe -->`,
  );
  await expect(await format(docs, { parser: 'markdown', printWidth: 110 })).toMatchFileSnapshot(
    DOCS.pathname,
  );
});
