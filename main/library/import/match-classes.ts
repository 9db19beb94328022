import { DEFAULT_CLASSES, type ClassIndex } from '../../../shared/library.ts';
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
import { value, type Db } from '../database/sql.ts';

/** What names from outside mean. Nothing is written: a class is named when the first picture gets its label. */
export interface ClassMatch {
  /** Class of each name, in their order. */
  classes: ClassIndex[];
  /** What the classes are called from this import's first label on (`nameAnew`); null where they are already. */
  naming: [string, string] | null;
}

/**
 * Which class each name from outside (folders, a table) means. A name that a class has is that class. Others name the
 * classes that are free, in alphabetical order: those that no person named and that no label or run depends on. Labels that
 * only undo would bring back stop that while other pictures are labelled.
 *
 * @param names one or two that `classNameProblem` accepts, different by `classKey`
 * @returns null where they do not fit; `explainMismatch` says why
 */
export function matchClasses(db: Db, names: readonly string[]): ClassMatch | null {
  const classes = names.map((name) => classByName(db, name));
  const unknown = names.filter((_, index) => classes[index] === null).sort(compareNames);
  if (unknown.length === 0) return { classes: classes as ClassIndex[], naming: null };
  const free = freeClasses(db);
  const open = free.filter((index) => !classes.includes(index));
  const origins = nameOrigins(db);
  // A class in use that has no name of its own may be any of these.
  const isUnclear = origins.some(
    (origin, index) =>
      origin === 'default' && !classes.includes(index as ClassIndex) && !free.includes(index as ClassIndex),
  );
  if (isUnclear || unknown.length > open.length) return null;
  const naming = getClasses(db).map(({ name }, index) =>
    open.includes(index as ClassIndex) ? DEFAULT_CLASSES[index]!.name : name,
  ) as [string, string];
  unknown.forEach((name, index) => (naming[open[index]!] = name.trim().normalize('NFC')));
  // A single name may be the default of the other class.
  if (classKey(naming[0]) === classKey(naming[1])) return null;
  return { classes: names.map((name, index) => classes[index] ?? open[unknown.indexOf(name)]!), naming };
}

/**
 * Names the classes as a person wants them, before an import reads its folders or table: the second is class 1, the positive
 * one. Call it in the import's transaction.
 *
 * @returns whether labels of before were of other classes, so that they can't be undone or redone any more
 * @throws TwofoldError `bad-input` where the classes have other names, or the other order, and something depends on that
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
        ? 'Swap them first (twofold labels PROJECT --swap), or import without choosing the classes.'
        : 'Import without choosing the classes, or into a new project.'),
  );
}

/** Whether nothing depends on the classes' names, so that an import may choose both. */
export function canChooseClasses(db: Db): boolean {
  return freeClasses(db).length === 2;
}

/** Classes whose name an import may choose. */
function freeClasses(db: Db): ClassIndex[] {
  if (value(db, 'SELECT EXISTS (SELECT 1 FROM runs)') === 1) return [];
  const counts = getCounts(db).classes;
  if (counts.some((count) => count > 0) && labelsCanComeBack(db)) return [];
  const origins = nameOrigins(db);
  return ([0, 1] as const).filter((index) => origins[index] !== 'person' && counts[index] === 0);
}

/** The names of a project whose classes no import can name any more; null where it still may. */
export function settledNames(db: Db): [string, string] | null {
  const free = freeClasses(db);
  const isSettled = nameOrigins(db).every(
    (origin, index) => origin === 'person' || (origin === 'import' && !free.includes(index as ClassIndex)),
  );
  return isSettled ? (getClasses(db).map(({ name }) => name) as [string, string]) : null;
}

/**
 * Names the classes as `matchClasses` found. A label that undo or redo would bring back was of another class, so what was
 * labelled before the batch can't be undone or redone any more; `NAMED_ANEW` says so.
 *
 * @param before the import's own batch of labels, where there is one already
 * @returns whether there was such a label
 */
export function nameAnew(db: Db, names: readonly [string, string], before?: number): boolean {
  nameFromImport(db, names);
  return forgetUndo(db, before);
}

export const NAMED_ANEW =
  'The classes were named anew, so what was labelled before under other names can’t be undone or redone any more.';

/** Why `matchClasses` found no meaning, for a message. @param chosen whether this import was told the classes' names */
export function explainMismatch(
  db: Db,
  names: readonly string[],
  what: 'labels' | 'folders',
  chosen: boolean,
): string {
  const classes = getClasses(db).map(({ name }) => name);
  const whose = chosen ? 'the classes given with --classes,' : "this project's classes";
  return classesAreNamed(db)
    ? `The ${what} ${quoted(names)} are not ${whose} ${quoted(classes)}.`
    : `Pictures are labelled already, but the classes have no names yet, so it is unknown which of ${quoted(names)} is which. Name the classes first.`;
}

/** `"a" and "b"`; of many the first five. */
export function quoted(names: readonly string[]): string {
  const shown = names.slice(0, 5).map((name) => `"${name}"`);
  if (names.length > 5) return `${shown.join(', ')} and ${formatCount(names.length - 5)} more`;
  return [shown.slice(0, -1).join(', '), shown.at(-1)].filter(Boolean).join(' and ');
}

/** Alphabetical as Keras' flow_from_directory and Python's sorted have it: by code point, the same on every machine. */
export function compareNames(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
