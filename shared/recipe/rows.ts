import { z } from 'zod';

/** The kinds of parameters that a recipe can have, each with its schema and the words for what it accepts. */

export const GROUPS = { training: 'Training', head: 'Head', base: 'Base', augmentation: 'Augmentation' };
export type Group = keyof typeof GROUPS;

/** What every row says about its parameter. */
interface Words {
  group: Group;
  /** Name of the form's field. */
  label: string;
  /** One phrase, for the help of the command line and the docs; the form shows it before the details. */
  summary: string;
  /** What to expect from other values; whole sentences for someone who has never trained a model. */
  details: string;
  /** The command line's option, as commander reads it. */
  flag: string;
}

interface NumberInput<Initial> extends Words {
  min: number;
  max: number;
  initial: Initial;
}

const shown = (value: number): string => value.toLocaleString('en');
const span = (min: number, max: number): string => `from ${shown(min)} to ${shown(max)}`;

/** Any number from `min` to `max`; with `above`, `min` itself is excluded. */
export function number(row: NumberInput<number> & { above?: true }) {
  const { min, max, initial, above } = row;
  const schema = above ? z.number().gt(min).max(max) : z.number().min(min).max(max);
  const range = above ? `above ${shown(min)}, up to ${shown(max)}` : span(min, max);
  return { ...row, kind: 'number' as const, accepts: `a number ${range}`, schema: schema.default(initial) };
}

export function wholeNumber(row: NumberInput<number>) {
  const { min, max, initial } = row;
  return {
    ...row,
    kind: 'number' as const,
    accepts: `a whole number ${span(min, max)}`,
    schema: z.int().min(min).max(max).default(initial),
  };
}

/** A whole number or null, which `none` names. */
export function optionalWholeNumber(row: Omit<NumberInput<null>, 'initial'> & { none: string }) {
  const { min, max } = row;
  return {
    ...row,
    initial: null,
    kind: 'number' as const,
    accepts: `a whole number ${span(min, max)}`,
    schema: z.int().min(min).max(max).nullable().default(null),
  };
}

/** One to `most` whole numbers. */
export function wholeNumbers(row: NumberInput<number[]> & { most: number }) {
  const { min, max, most, initial } = row;
  return {
    ...row,
    kind: 'list' as const,
    accepts: `one to ${most} whole numbers ${span(min, max)}, such as 512, 128`,
    schema: z.array(z.int().min(min).max(max)).min(1).max(most).default(initial),
  };
}

export function toggle(row: Words & { initial: boolean }) {
  return { ...row, kind: 'switch' as const, accepts: 'on or off', schema: z.boolean().default(row.initial) };
}

/** One of a few values, with the words the form shows for each. */
export function choice<const Value extends string>(
  row: Words & { initial: NoInfer<Value>; options: Record<Value, string> },
) {
  const values = Object.keys(row.options) as [Value, ...Value[]];
  return {
    ...row,
    kind: 'choice' as const,
    accepts: values.join(' or '),
    schema: z.enum(values).default(row.initial as never),
  };
}

/** A text of a certain form. @param row `accepts`: the form in words */
export function pattern(row: Words & { initial: string; accepts: string; pattern: RegExp }) {
  const schema = z.string().regex(row.pattern);
  return { ...row, kind: 'text' as const, schema: schema.default(row.initial) };
}

/** A name that only the main process can check, such as a layer's. */
export function name(row: Words & { initial: string }) {
  return { ...row, kind: 'name' as const, accepts: 'a name', schema: z.string().min(1).default(row.initial) };
}

export type Row = ReturnType<
  | typeof number
  | typeof wholeNumber
  | typeof optionalWholeNumber
  | typeof wholeNumbers
  | typeof toggle
  | typeof choice
  | typeof pattern
  | typeof name
>;
