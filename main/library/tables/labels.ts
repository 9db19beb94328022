import { SKIPPED, type LabelValue } from '../../../shared/library.ts';
import { TwofoldError } from '../../../shared/errors.ts';
import { plural } from '../../../shared/format.ts';
import { classByName, classNameProblem, getClasses } from '../labels/classes.ts';
import { explainMismatch, matchClasses, quoted } from '../import/match-classes.ts';
import { classKey } from '../pictures/names.ts';
import type { Db } from '../database/sql.ts';

/** What the labels of a table mean. */
export interface TableLabels {
  /** From label, as written, to class; null for what is no label. */
  labelOf: (label: string) => LabelValue;
  /** What the first of these labels names the classes; null where it names none. */
  naming: [string, string] | null;
  notes: string[];
}

/**
 * What the labels in a table mean. `skipped` means what it says, an empty label nothing. Others are names of classes:
 * the project's, or one or two new ones for classes that are free (see `matchClasses`). 0 and 1, also written 0.0 and
 * 1.0, are the classes' numbers, where no class is called so and no label is a name. A name that no class can have
 * costs its label.
 *
 * @param written labels of the rows whose pictures were found, as written, and how many rows have each
 * @param chosen whether this import was told the classes' names
 * @throws TwofoldError `bad-input` where they fit no two classes
 */
export function readLabels(
  db: Db,
  written: ReadonlyMap<string, number>,
  file: string,
  chosen: boolean,
): TableLabels {
  const notes: string[] = [];
  const counts = new Map<string, { name: string; rows: number }>();
  for (const [label, rows] of written) {
    if (label === '' || classKey(label) === SKIPPED) continue;
    const { name, rows: before } = counts.get(keyOf(label)) ?? { name: label, rows: 0 };
    counts.set(keyOf(label), { name, rows: before + rows });
  }
  for (const [key, { name, rows }] of counts) {
    const problem = classNameProblem(name);
    if (problem === null) continue;
    counts.delete(key);
    notes.push(`The label "${clip(name)}" of ${plural(rows, 'row')} was not used. ${problem}`);
  }
  const keys = [...counts.keys()];
  const names = keys.map((key) => (isNumber(key) ? key : counts.get(key)!.name));
  const refuse = (what: string, todo = 'Correct the table, or name the classes as in it.'): never => {
    throw new TwofoldError('bad-input', `${what} Nothing was imported. ${todo}`);
  };
  if (names.length > 2) {
    const several = [...counts.values()].sort((a, b) => b.rows - a.rows);
    const shown = several.slice(0, 5).map(({ name, rows }) => `"${clip(name)}" in ${plural(rows, 'row')}`);
    return refuse(
      `${file} has ${names.length} different labels, but there are two classes: ${shown.join(', ')}${several.length > 5 ? ', …' : ''}.`,
      'Leave only two of them in the table: take out the rows with another label, or write one of the two there.',
    );
  }
  const meaning = new Map<string, LabelValue>();
  const labelOf = (label: string): LabelValue =>
    classKey(label) === SKIPPED ? 'skipped' : (meaning.get(keyOf(label)) ?? null);
  const unknown = keys.filter((key) => classByName(db, key) === null);
  if (unknown.some(isNumber)) {
    const classes = getClasses(db).map(({ name }) => name);
    const isMixed =
      keys.some((key) => !/^[-+.\d]+$/.test(key)) || classes.some((name) => isNumber(keyOf(name)));
    if (isMixed) {
      return refuse(
        `The labels ${quoted(names)} of ${file} could be names or numbers of the classes ${quoted(classes)}. Write the classes' names into it.`,
      );
    }
    if (keys.every(isNumber)) {
      for (const key of keys) meaning.set(key, key === '1' ? 1 : 0);
      notes.push(
        `The labels 0 and 1 are the numbers of the classes: 0 is "${classes[0]!}", 1 is "${classes[1]!}".`,
      );
      return { labelOf, naming: null, notes };
    }
  }
  const match = matchClasses(db, names);
  if (!match) return refuse(explainMismatch(db, names, 'labels', chosen));
  keys.forEach((key, index) => meaning.set(key, match.classes[index]!));
  return { labelOf, naming: match.naming, notes };
}

/** How many rows have each label, as written. */
export function countLabels(rows: Iterable<{ label: string }>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { label } of rows) counts.set(label, (counts.get(label) ?? 0) + 1);
  return counts;
}

/** How labels compare: as names of classes, and 1.0 as 1. */
function keyOf(label: string): string {
  return classKey(label).replace(/^([01])\.0+$/, '$1');
}

function isNumber(key: string): boolean {
  return key === '0' || key === '1';
}

function clip(text: string): string {
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}
