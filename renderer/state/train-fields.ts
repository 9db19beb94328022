import {
  DEFAULT_RECIPE,
  RECIPE_KEYS,
  recipeSchema,
  rowOf,
  valueOf,
  withValues,
  type Recipe,
  type RecipeKey,
} from '../../shared/recipe.ts';

/** The recipe as a form: what its fields hold while they are edited, and the recipe they describe. */

/** Text as it was typed, or whether a switch is on. */
export type FieldValue = string | boolean;
export type FormValues = Record<RecipeKey, FieldValue>;

export function formOf(recipe: Recipe): FormValues {
  const values = RECIPE_KEYS.map((key): [RecipeKey, FieldValue] => {
    const value = valueOf(recipe, key);
    if (typeof value === 'boolean') return [key, value];
    return [key, Array.isArray(value) ? value.join(', ') : String(value ?? '')];
  });
  return Object.fromEntries(values) as FormValues;
}

/** The recipe, or null and what is wrong with which field. */
export interface FormReading {
  recipe: Recipe | null;
  errors: Partial<Record<RecipeKey, string>>;
}

export function readForm(form: FormValues): FormReading {
  const errors: Partial<Record<RecipeKey, string>> = {};
  const values = new Map<RecipeKey, unknown>();
  for (const key of RECIPE_KEYS) {
    const row = rowOf(key);
    const value = parseField(key, form[key]);
    if (row.schema.safeParse(value).success) values.set(key, value);
    else errors[key] = `Expected ${row.accepts}${'none' in row ? ', or nothing' : ''}.`;
  }
  const isValid = Object.keys(errors).length === 0;
  return { recipe: isValid ? recipeSchema.parse(withValues(DEFAULT_RECIPE, values)) : null, errors };
}

/** What the field means; NaN where it is no number. */
function parseField(key: RecipeKey, value: FieldValue): unknown {
  const row = rowOf(key);
  const text = String(value).trim();
  if (row.kind === 'list')
    return text
      .split(/[\s,;]+/)
      .filter(Boolean)
      .map(parseNumber);
  if (row.kind === 'text') return text.replace(/\s/g, '');
  if (row.kind !== 'number') return value;
  return text === '' && 'none' in row ? null : parseNumber(text);
}

/** Accepts a decimal comma as well. */
function parseNumber(text: string): number {
  return /^[+-]?(\d+([.,]\d*)?|[.,]\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text.replace(',', '.')) : NaN;
}

/** What a field is for: its summary as a sentence, then the details. A switch's label says what it does. */
export function helpOn(key: RecipeKey): string {
  const { summary, details, kind } = rowOf(key);
  if (kind === 'switch' && details) return details;
  return `${summary[0]!.toUpperCase()}${summary.slice(1)}. ${details}`.trim();
}
