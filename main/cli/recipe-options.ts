import { InvalidArgumentError, Option, type Command } from 'commander';
import { z } from 'zod';
import { TwofoldError } from '../../shared/errors.ts';
import { UsageError } from './usage-error.ts';
import { DEFAULT_RECIPE, recipeSchema, type Recipe } from '../../shared/recipe.ts';

const defaults = DEFAULT_RECIPE;
const augmentation = DEFAULT_RECIPE.augmentation;

/** A number from the command line; the recipe's schema checks its range. */
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

function parseUnits(text: string): number[] {
  return text.split(',').map(parseNumber);
}

/** Adds every parameter of the recipe as an option. No value is set here, so that a remembered recipe shows through. */
export function addRecipeOptions(command: Command): Command {
  const option = (
    flags: string,
    description: string,
    value: unknown,
    parse?: (text: string) => unknown,
  ): void => {
    const added = new Option(flags, `${description} (default: ${String(value)})`);
    command.addOption(parse ? added.argParser(parse) : added);
  };
  option('--weights <name>', 'weights of InceptionV3, see `twofold weights list`', defaults.weights);
  option('--cut <layer>', 'layer whose output are the features, by its Keras name', defaults.cut);
  option('--size <pixels>', 'height and width of the input, at least 75', defaults.size, parseNumber);
  option(
    '--resize <kind>',
    'bilinear (antialiased) or nearest (as Keras’ flow_from_directory)',
    defaults.resize,
  );
  option(
    '--bits16 <n>',
    'bits that 16-bit pictures use, 9 to 16, for the project',
    'the project’s, 16',
    parseNumber,
  );
  option(
    '--units <n,…>',
    'units of the hidden Dense layer, or of several',
    defaults.units.join(),
    parseUnits,
  );
  option(
    '--dropout <rate>',
    'share of hidden units dropped in training, 0 for none',
    defaults.dropout,
    parseNumber,
  );
  option('--learning-rate <rate>', 'of RMSprop', defaults.learningRate, parseNumber);
  option('--batch <n>', 'pictures a step', defaults.batch, parseNumber);
  option('--epochs <n>', 'epochs at most', defaults.epochs, parseNumber);
  option('--patience <n>', 'stop after n epochs without a lower validation loss', 'never', parseNumber);
  option(
    '--validation-fraction <share>',
    'held out where no split is set',
    defaults.validationFraction,
    parseNumber,
  );
  option(
    '--seed <n>',
    'of split, order, dropout, augmentation and first weights',
    defaults.seed,
    parseNumber,
  );
  command.option(
    '--no-augment',
    'train on the pictures as they are, from cached features (default: augment)',
  );
  option(
    '--augment-variants <k>',
    'keep k augmented variants a picture and reuse them: faster; 0 draws afresh each epoch',
    augmentation.variants,
    parseNumber,
  );
  option('--rotation <degrees>', 'augmentation: random rotation up to', augmentation.rotation, parseNumber);
  option(
    '--width-shift <share>',
    'augmentation: shift along the width',
    augmentation.widthShift,
    parseNumber,
  );
  option(
    '--height-shift <share>',
    'augmentation: shift along the height',
    augmentation.heightShift,
    parseNumber,
  );
  option('--shear <degrees>', 'augmentation: random shear up to', augmentation.shear, parseNumber);
  option(
    '--zoom <share>',
    'augmentation: zoom between 1 - share and 1 + share',
    augmentation.zoom,
    parseNumber,
  );
  command.option('--no-horizontal-flip', 'augmentation: never mirror left and right (default: mirror half)');
  command.option('--vertical-flip', 'augmentation: mirror top and bottom too (default: never)');
  return command;
}

/** What commander collects from these options. */
export type RecipeFlags = Partial<
  Record<'weights' | 'cut' | 'resize', string> &
    Record<
      | 'size'
      | 'bits16'
      | 'dropout'
      | 'learningRate'
      | 'batch'
      | 'epochs'
      | 'patience'
      | 'validationFraction'
      | 'seed'
      | 'augmentVariants'
      | 'rotation'
      | 'widthShift'
      | 'heightShift'
      | 'shear'
      | 'zoom',
      number
    > &
    Record<'augment' | 'horizontalFlip' | 'verticalFlip', boolean> & { units: number[] }
>;

const AUGMENTATION_FLAGS = {
  enabled: 'augment',
  variants: 'augmentVariants',
  rotation: 'rotation',
  widthShift: 'widthShift',
  heightShift: 'heightShift',
  shear: 'shear',
  zoom: 'zoom',
  horizontalFlip: 'horizontalFlip',
  verticalFlip: 'verticalFlip',
} as const satisfies Record<keyof Recipe['augmentation'], keyof RecipeFlags>;

const RECIPE_FLAGS = [
  'weights',
  'cut',
  'size',
  'resize',
  'bits16',
  'units',
  'dropout',
  'learningRate',
  'batch',
  'epochs',
  'patience',
  'validationFraction',
  'seed',
] as const satisfies (keyof Recipe & keyof RecipeFlags)[];

/**
 * The recipe that the flags describe, over `base`.
 *
 * @throws TwofoldError `bad-input` naming the option, what was expected and what was given
 */
export function recipeFromFlags(flags: RecipeFlags, base: Recipe = DEFAULT_RECIPE): Recipe {
  const given = (value: unknown): boolean => value !== undefined;
  const top: [string, unknown][] = RECIPE_FLAGS.filter((name) => given(flags[name])).map((name) => [
    name,
    flags[name],
  ]);
  const ranges: [string, unknown][] = Object.entries(AUGMENTATION_FLAGS)
    .filter(([, flag]) => given(flags[flag]))
    .map(([name, flag]): [string, unknown] => [name, flags[flag]]);
  const parsed = recipeSchema.safeParse({
    ...base,
    ...(Object.fromEntries(top) as object),
    augmentation: { ...base.augmentation, ...(Object.fromEntries(ranges) as object) },
  });
  if (parsed.success) return parsed.data;
  throw badRecipe(parsed.error, flags);
}

function badRecipe(error: z.ZodError, flags: RecipeFlags): TwofoldError {
  const issue = error.issues[0]!;
  const path = issue.path.map(String);
  const name =
    path[0] === 'augmentation' ? AUGMENTATION_FLAGS[path[1] as keyof typeof AUGMENTATION_FLAGS] : path[0];
  const option = `--${(name ?? '').replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  const message = `${option}: ${issue.message.replace(/^[^:]*: /, '')}, received ${String(flags[name as keyof RecipeFlags])}.`;
  const isTooSmall = name === 'size' && issue.code === 'too_small';
  return isTooSmall ? new TwofoldError('size-too-small', message) : new UsageError(message);
}
