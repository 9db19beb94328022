import { classInfoSchema, DEFAULT_CLASSES, type ClassInfo } from '../../../shared/library/classes.ts';
import type { ClassIndex } from '../../../shared/library/labels.ts';
import { TwofoldError } from '../../../shared/errors.ts';
import { classKey } from '../pictures/names.ts';
import { swapPair } from '../../../shared/swap.ts';
import { isSwapped, noteModelsChanged } from './class-order.ts';
import { rows, run, transaction, type Db } from '../database/sql.ts';

/** Writes the two classes of a new project; without names, the default ones. */
export function initClasses(db: Db, names?: readonly [string, string]): void {
  DEFAULT_CLASSES.forEach(({ name, color }, id) => {
    run(db, 'INSERT INTO classes (id, name, color) VALUES (:id, :name, :color) ON CONFLICT DO NOTHING', {
      id,
      name,
      color,
    });
  });
  if (names) nameClasses(db, names);
}

/** The two classes by index; the second is the positive one. */
export function getClasses(db: Db): [ClassInfo, ClassInfo] {
  const [zero, one] = rows<ClassInfo>(db, 'SELECT name, color FROM classes ORDER BY id') as [
    ClassInfo,
    ClassInfo,
  ];
  return isSwapped(db) ? [one, zero] : [zero, one];
}

/**
 * Who chose each class's name. `named` is 1 in the database if the user did; any other name that differs from the
 * default is from an import.
 */
export function nameOrigins(db: Db): ('default' | 'import' | 'person')[] {
  const found = rows<{ id: number; name: string; named: number }>(
    db,
    'SELECT id, name, named FROM classes ORDER BY id',
  );
  const origins = found.map(({ id, name, named }) => {
    if (named === 1) return 'person';
    return name === DEFAULT_CLASSES[id]!.name ? 'default' : 'import';
  });
  return isSwapped(db) ? origins.reverse() : origins;
}

/** Whether a class has a name other than its default. */
export function classesAreNamed(db: Db): boolean {
  return nameOrigins(db).some((origin) => origin !== 'default');
}

/**
 * Names both classes from an import; another import may replace these names while nothing is labelled.
 *
 * @param names valid ones (`classNameProblem`)
 */
export function nameFromImport(db: Db, names: readonly [string, string]): void {
  const stored = isSwapped(db) ? swapPair(names) : names;
  stored.forEach((name, id) => {
    run(db, 'UPDATE classes SET name = :name, named = 0 WHERE id = :id AND name <> :name', { id, name });
  });
  noteModelsChanged(db);
}

/** Why a name from a folder or table can't be a class name, as a sentence; null if it can. */
export function classNameProblem(name: string): string | null {
  const result = classInfoSchema.shape.name.safeParse(name);
  return result.success ? null : result.error.issues.map(({ message }) => message).join(' ');
}

/**
 * Names both classes.
 *
 * @throws TwofoldError `bad-input` if a name is empty, too long or reserved, or both are the same
 */
export function nameClasses(db: Db, names: readonly [string, string]): void {
  const classes = getClasses(db);
  setClasses(db, [
    { name: names[0], color: classes[0].color },
    { name: names[1], color: classes[1].color },
  ]);
}

/** Changes both classes' names and colours; labels stay with the class. Throws as `nameClasses`. */
export function setClasses(db: Db, classes: readonly [ClassInfo, ClassInfo]): void {
  const parsed = classes.map((given) => {
    const result = classInfoSchema.safeParse(given);
    if (result.success) return result.data;
    throw new TwofoldError('bad-input', result.error.issues.map(({ message }) => message).join(' '));
  });
  if (classKey(parsed[0]!.name) === classKey(parsed[1]!.name)) {
    throw new TwofoldError(
      'bad-input',
      `Both classes would be named "${parsed[0]!.name}". Choose two different names.`,
    );
  }
  transaction(db, () => {
    const before = getClasses(db);
    const swapped = isSwapped(db);
    parsed.forEach(({ name, color }, index) => {
      const id = swapped ? 1 - index : index;
      run(db, 'UPDATE classes SET name = :name, color = :color, named = named OR :named WHERE id = :id', {
        id,
        name,
        color,
        named: name === before[index]!.name ? 0 : 1,
      });
    });
    if (parsed.some(({ name }, index) => name !== before[index]!.name)) noteModelsChanged(db);
  });
}

/** The class with this name (compared by `classKey`), or null. */
export function classByName(db: Db, name: string): ClassIndex | null {
  const index = getClasses(db).findIndex((known) => classKey(known.name) === classKey(name));
  return index === 0 || index === 1 ? index : null;
}
