import { DEFAULT_CLASSES } from '../../../shared/library/classes.ts';
import type { ClassIndex } from '../../../shared/library/labels.ts';
import { formatCount } from '../../../shared/format.ts';
import { TwofoldError } from '../../../shared/errors.ts';
import {
  classByName,
  classesAreNamed,
  getClasses,
  nameClasses,
  nameFromImport,
  nameOrigins,
} from '../labels/classes.ts';
import { forgetUndo, labelsCanComeBack } from '../labels/labels.ts';
import { classKey } from '../pictures/names.ts';
import { getCounts } from '../pictures/pictures.ts';
import { exists, type Db } from '../database/sql.ts';

/** The classes of names from folders or a table. Nothing is written: the first label renames the classes. */
export interface ClassMatch {
  /** Class of each name, in their order. */
  classes: ClassIndex[];
  /** Names for the classes from this import's first label on (`renameClasses`); null if they stay. */
  naming: [string, string] | null;
}

/**
 * Determines the class of each name from folders or a table. A class's name is that class. Other names are assigned in
 * alphabetical order to free classes: those that the user has not named and that no label or run depends on. While
 * pictures are labelled, labels that undo would restore count too.
 *
 * @param names one or two that `classNameProblem` accepts, different by `classKey`
 * @returns null if they do not match; `explainMismatch` says why
 */
export function matchClasses(db: Db, names: readonly string[]): ClassMatch | null {
  const classes = names.map((name) => classByName(db, name));
  const unknown = names.filter((_, index) => classes[index] === null).sort(compareNames);
  if (unknown.length === 0) return { classes: classes as ClassIndex[], naming: null };
  const free = freeClasses(db);
  const open = free.filter((index) => !classes.includes(index));
  const origins = nameOrigins(db);
  // A class in use with its default name could be any of these.
  const isUnclear = origins.some(
    (origin, index) =>
      origin === 'default' && !classes.includes(index as ClassIndex) && !free.includes(index as ClassIndex),
  );
  if (isUnclear || unknown.length > open.length) return null;
  const naming = getClasses(db).map(({ name }, index) =>
    open.includes(index as ClassIndex) ? DEFAULT_CLASSES[index]!.name : name,
  ) as [string, string];
  unknown.forEach((name, index) => (naming[open[index]!] = name.trim().normalize('NFC')));
  // A single name may be the other class's default.
  if (classKey(naming[0]) === classKey(naming[1])) return null;
  return { classes: names.map((name, index) => classes[index] ?? open[unknown.indexOf(name)]!), naming };
}

/**
 * Names the classes as chosen for an import, in its transaction; the second is class 1, the positive one.
 *
 * @returns whether earlier labels were of other classes, so that undo and redo were emptied
 * @throws TwofoldError `bad-input` if the classes have other names or another order, and labels or runs depend on them
 */
export function chooseClasses(db: Db, names: readonly [string, string]): boolean {
  const [zero, one] = names.map((name) => classByName(db, name));
  if (zero === 0 && one === 1) return false;
  if (canChooseClasses(db)) {
    nameClasses(db, names);
    return forgetUndo(db);
  }
  const known = getClasses(db).map(({ name }) => name);
  const isOtherWay = zero === 1 && one === 0;
  throw new TwofoldError(
    'bad-input',
    `This project's class 0 is "${known[0]!}" and its class 1 is "${known[1]!}", not ${quoted(names)}. ` +
      (isOtherWay
        ? 'Swap them first (twofold labels PROJECT --swap), or import without choosing class names.'
        : 'Import without choosing class names, or into a new project.'),
  );
}

/** Whether an import may choose both class names, since nothing depends on them. */
export function canChooseClasses(db: Db): boolean {
  return freeClasses(db).length === 2;
}

/** Classes whose name an import may choose. */
function freeClasses(db: Db): ClassIndex[] {
  if (exists(db, 'SELECT 1 FROM runs')) return [];
  const counts = getCounts(db).classes;
  if (counts.some((count) => count > 0) && labelsCanComeBack(db)) return [];
  const origins = nameOrigins(db);
  return ([0, 1] as const).filter((index) => origins[index] !== 'person' && counts[index] === 0);
}

/** The class names if no import may change them any more; otherwise null. */
export function settledNames(db: Db): [string, string] | null {
  const free = freeClasses(db);
  const isSettled = nameOrigins(db).every(
    (origin, index) => origin === 'person' || (origin === 'import' && !free.includes(index as ClassIndex)),
  );
  return isSettled ? (getClasses(db).map(({ name }) => name) as [string, string]) : null;
}

/**
 * Renames the classes as determined by `matchClasses`. Earlier labels were of other classes, so undo and redo are
 * emptied if they would restore one.
 *
 * @param before the import's own batch of labels, if there is one
 * @returns whether undo and redo were emptied; if so, show `RENAMED`
 */
export function renameClasses(db: Db, names: readonly [string, string], before?: number): boolean {
  nameFromImport(db, names);
  return forgetUndo(db, before);
}

export const RENAMED =
  'The classes were renamed, so labels set under the earlier names can no longer be undone or redone.';

/** Why `matchClasses` found no match, for a message. @param chosen whether class names were chosen for this import */
export function explainMismatch(
  db: Db,
  names: readonly string[],
  what: 'labels' | 'folders',
  chosen: boolean,
): string {
  const classes = getClasses(db).map(({ name }) => name);
  const whose = chosen ? 'the classes given with --classes,' : "this project's classes";
  return classesAreNamed(db)
    ? `The ${what} ${quoted(names)} do not match ${whose} ${quoted(classes)}.`
    : `Pictures are labelled, but the classes still have their default names, so it is unknown which of ${quoted(names)} is which. Rename the classes first.`;
}

/** Names as text: `"a" and "b"`; of many, the first five. */
export function quoted(names: readonly string[]): string {
  const shown = names.slice(0, 5).map((name) => `"${name}"`);
  if (names.length > 5) return `${shown.join(', ')} and ${formatCount(names.length - 5)} more`;
  return [shown.slice(0, -1).join(', '), shown.at(-1)].filter(Boolean).join(' and ');
}

/** Alphabetical by code point, as Keras' flow_from_directory and Python's sorted, the same on every machine. */
function compareNames(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
