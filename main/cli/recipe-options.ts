import { InvalidArgumentError, Option, type Command } from 'commander';
import { TwofoldError } from '../../shared/errors.ts';
import {
  DEFAULT_RECIPE,
  RECIPE_KEYS,
  recipeSchema,
  rowOf,
  textOf,
  withValues,
  type Recipe,
  type RecipeKey,
} from '../../shared/recipe.ts';
import { MIN_SIZE } from '../../shared/recipe/table.ts';
import { UsageError } from './usage-error.ts';

/** A number from the command line; the caller checks its range. */
export function parseNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('Expected a number.');
  return value;
}

/** How many of something: a whole number from 1. */
export function parseCount(text: string): number {
  const value = parseNumber(text);
  if (!Number.isInteger(value) || value < 1)
    throw new InvalidArgumentError('Expected a whole number from 1.');
  return value;
}

const PARSERS: Partial<Record<ReturnType<typeof rowOf>['kind'], (text: string) => unknown>> = {
  number: parseNumber,
  list: (text) => text.split(',').map(parseNumber),
};

/** The option of a parameter. It sets no default, so that the values of a stored recipe apply. */
export function recipeOption(key: RecipeKey): Option {
  const row = rowOf(key);
  const text = row.kind === 'switch' && row.initial ? `do not ${row.summary}` : row.summary;
  const initial = row.kind === 'switch' ? '' : ` (default: ${textOf(DEFAULT_RECIPE, key)})`;
  const option = new Option(row.flag, text + initial);
  const parse = PARSERS[row.kind];
  return parse ? option.argParser(parse) : option;
}

/** Adds the options of these parameters, by default of all. */
export function addRecipeOptions(command: Command, keys: readonly RecipeKey[] = RECIPE_KEYS): Command {
  for (const key of keys) command.addOption(recipeOption(key));
  return command;
}

/** What commander collects from these options, by the option's name in camel case. */
export type RecipeFlags = Readonly<Record<string, unknown>>;

/**
 * `base` with the parameters that the flags set.
 *
 * @throws TwofoldError `bad-input` naming the option, what was expected and what was given; `size-too-small`
 */
export function recipeFromFlags(flags: RecipeFlags, base: Recipe = DEFAULT_RECIPE): Recipe {
  const given = new Map<RecipeKey, unknown>();
  for (const key of RECIPE_KEYS) {
    const value = flags[recipeOption(key).attributeName()];
    if (value === undefined) continue;
    if (!rowOf(key).schema.safeParse(value).success) throw invalid(key, value);
    given.set(key, value);
  }
  return recipeSchema.parse(withValues(base, given));
}

function invalid(key: RecipeKey, value: unknown): TwofoldError {
  const { accepts } = rowOf(key);
  const message = `${recipeOption(key).long!}: expected ${accepts}, received ${String(value)}.`;
  return key === 'size' && Number(value) < MIN_SIZE
    ? new TwofoldError('size-too-small', message)
    : new UsageError(message);
}
