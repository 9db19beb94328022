import { SKIPPED } from '../../../shared/library/classes.ts';
import type { LabelValue } from '../../../shared/library/labels.ts';
import { TwofoldError } from '../../../shared/errors.ts';
import { clip, plural } from '../../../shared/format.ts';
import { classByName, classNameProblem, getClasses } from '../labels/classes.ts';
import { explainMismatch, matchClasses, quoted } from '../import/match-classes.ts';
import { classKey } from '../pictures/names.ts';
import type { Db } from '../database/sql.ts';

/** How the labels of a table are read. */
export interface TableLabels {
  /** From a label as written to its value; null if it is not used. */
  labelOf: (label: string) => LabelValue;
  /** Names for the classes, to be set with the first label; null if they keep theirs. */
  naming: [string, string] | null;
  notes: string[];
}

/**
 * Determines the class of each label of a table. `skipped` skips, an empty label does nothing. Others are class names:
 * the project's, or one or two new ones for classes whose name is free (see `matchClasses`). 0 and 1, also written 0.0
 * and 1.0, are class numbers if no class has such a name and no label is a name. Labels that can't be class names are
 * ignored.
 *
 * @param written labels of the rows whose pictures were found, as written, with the number of rows
 * @param chosen whether class names were chosen for this import
 * @throws TwofoldError `bad-input` if they do not match two classes
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
    notes.push(`The label "${clip(name)}" in ${plural(rows, 'row')} was ignored. ${problem}`);
  }
  const keys = [...counts.keys()];
  const names = keys.map((key) => (isNumber(key) ? key : counts.get(key)!.name));
  const refuse = (what: string, todo = 'Correct the table, or rename the classes to match it.'): never => {
    throw new TwofoldError('bad-input', `${what} Nothing was imported. ${todo}`);
  };
  if (names.length > 2) {
    const several = [...counts.values()].sort((a, b) => b.rows - a.rows);
    const shown = several.slice(0, 5).map(({ name, rows }) => `"${clip(name)}" in ${plural(rows, 'row')}`);
    return refuse(
      `${file} has ${names.length} different labels; two classes were expected: ${shown.join(', ')}${several.length > 5 ? ', …' : ''}.`,
      'Keep only two labels in the table: delete the other rows, or replace their labels.',
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
        `The labels ${quoted(names)} of ${file} could be names or numbers of the classes ${quoted(classes)}. Use the class names in the table.`,
      );
    }
    if (keys.every(isNumber)) {
      for (const key of keys) meaning.set(key, key === '1' ? 1 : 0);
      notes.push(
        `The labels 0 and 1 were read as class numbers: 0 is "${classes[0]!}", 1 is "${classes[1]!}".`,
      );
      return { labelOf, naming: null, notes };
    }
  }
  const match = matchClasses(db, names);
  if (!match) return refuse(explainMismatch(db, names, 'labels', chosen));
  keys.forEach((key, index) => meaning.set(key, match.classes[index]!));
  return { labelOf, naming: match.naming, notes };
}

/** Number of rows by label as written. */
export function countLabels(rows: Iterable<{ label: string }>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { label } of rows) counts.set(label, (counts.get(label) ?? 0) + 1);
  return counts;
}

/** Key for comparing labels: as class names, and 1.0 as 1. */
function keyOf(label: string): string {
  return classKey(label).replace(/^([01])\.0+$/, '$1');
}

function isNumber(key: string): boolean {
  return key === '0' || key === '1';
}
