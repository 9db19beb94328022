import { classInfoSchema, DEFAULT_CLASSES, type ClassIndex, type ClassInfo } from '../../shared/library.ts';
import { TwofoldError } from '../../shared/errors.ts';
import { classKey } from './names.ts';
import { rows, run, transaction, value, type Db } from './sql.ts';

/** Writes the two classes of a new project. Without names they keep their defaults until a person or an import names them. */
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

/** The two classes; the position is the class's index. */
export function getClasses(db: Db): [ClassInfo, ClassInfo] {
  const found = rows(db, 'SELECT name, color FROM classes ORDER BY id') as ClassInfo[];
  return [found[0]!, found[1]!];
}

/** Whether the names are a person's (or a folder's) and not the defaults. */
export function classesAreNamed(db: Db): boolean {
  return value(db, 'SELECT max(named) FROM classes') === 1;
}

/**
 * Names both classes.
 *
 * @throws TwofoldError `bad-input` when a name is empty, too long, kept for something else, or both are the same
 */
export function nameClasses(db: Db, names: readonly [string, string]): void {
  const classes = getClasses(db);
  setClasses(db, [
    { name: names[0], color: classes[0].color },
    { name: names[1], color: classes[1].color },
  ]);
}

/** Changes one class's name or colour; labels stay with the class. Throws as `nameClasses`. */
export function setClass(db: Db, index: ClassIndex, change: Partial<ClassInfo>): void {
  const classes = getClasses(db);
  classes[index] = { ...classes[index], ...change };
  setClasses(db, classes);
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
      `Both classes would be called "${parsed[0]!.name}". Give them two different names.`,
    );
  }
  transaction(db, () => {
    const before = getClasses(db);
    parsed.forEach(({ name, color }, id) => {
      const named = name !== before[id]!.name || classesAreNamed(db) || name !== DEFAULT_CLASSES[id]!.name;
      run(db, 'UPDATE classes SET name = :name, color = :color, named = :named WHERE id = :id', {
        id,
        name,
        color,
        named: named ? 1 : 0,
      });
    });
  });
}

/** Which class has this name (as `classKey` compares), or null. */
export function classByName(db: Db, name: string): ClassIndex | null {
  const index = getClasses(db).findIndex((known) => classKey(known.name) === classKey(name));
  return index === 0 || index === 1 ? index : null;
}

/**
 * Which class each of two names from outside (folders, a CSV file) means. Where the project's classes have no names of
 * their own yet and nothing is labelled, they take these, in alphabetical order; otherwise the names must be the classes'.
 *
 * @returns class of each name, or null where they do not fit
 */
export function matchClasses(db: Db, names: readonly [string, string]): [ClassIndex, ClassIndex] | null {
  const known = names.map((name) => classByName(db, name));
  if (known[0] != null && known[1] != null && known[0] !== known[1]) return [known[0], known[1]];
  const free =
    !classesAreNamed(db) && value(db, 'SELECT EXISTS (SELECT 1 FROM pictures WHERE label IN (0, 1))') === 0;
  if (!free) return null;
  const swapped = compareNames(names[0], names[1]) > 0;
  nameClasses(db, swapped ? [names[1], names[0]] : names);
  return swapped ? [1, 0] : [0, 1];
}

/** Alphabetical as Keras' flow_from_directory and Python's sorted have it: by code point, the same on every machine. */
export function compareNames(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
