import type { Split } from '../../../shared/split.ts';
import type { ImportMode, ImportReport } from '../../../shared/library/import.ts';
import type { ClassIndex, LabelValue } from '../../../shared/library/labels.ts';
import { TwofoldError, type ErrorCode } from '../../../shared/errors.ts';
import { formatCount } from '../../../shared/format.ts';
import { classNameProblem } from '../labels/classes.ts';
import { allHold, candidateNames, dividesAbove } from './folders/class-folders.ts';
import { assignRoles, type Roles } from './folders/folder-roles.ts';
import { namesOf, type Folder, type FolderTree, type Names } from './folders/folder-tree.ts';
import { canChooseClasses, explainMismatch, matchClasses, quoted, settledNames } from './match-classes.ts';
import { classKey } from '../pictures/names.ts';
import type { Place } from '../pictures/place.ts';
import { explainName, ignoredSplits, readingOf } from './reading.ts';
import type { OutsideFolder } from './outside-classes.ts';
import type { Db } from '../database/sql.ts';
import type { FoundFile } from './walk.ts';

/** A file to import, with the label and split from its folder or table row. */
export interface Planned extends Place {
  label: LabelValue;
  split: Split | null;
  /** Why it is skipped without being examined, and its path as in the table. */
  refused?: { path: string; code: ErrorCode; message: string };
  /** A split to clear: an earlier import read it from a folder that now is a class. */
  notSplit?: Split;
  /** Its folder, if it is in no class folder although there are some. */
  outside?: OutsideFolder;
}

export interface Plan {
  layout: ImportReport['layout'];
  count: number;
  /** `count` pictures, created one by one: all 100,000 at once would block other work. */
  pictures: Iterable<Planned>;
  /** Names for the classes, to be set with the first label; null if they keep theirs. */
  naming: [string, string] | null;
  /** How folders were read, as a sentence. */
  reading?: string;
  /** Two split folders that could also be the classes. */
  splitFolders?: [string, string] | null;
  notes: string[];
}

const NO_NAMES: Names = new Map();

/**
 * Reads labels and splits from folders in any order: `cat/…`, `train/cat/…`, `cat/train/…`, also below folders that
 * only wrap the others. Two sibling folders are the classes (see `candidateNames`). Folders named by a split word set
 * the split (see `assignRoles`) and are classes only if the project's classes have these names, or for mode `labels` if
 * nothing else can be the classes. If labels or runs depend on the project's class names, folders must match them.
 * Without a match, pictures get no label, and a note says why.
 *
 * @param tree of these files
 * @param mode `labels` requires labels, `plain` ignores folders
 * @param chosen whether the person chose the class names for this import
 * @throws TwofoldError `bad-input` if `mode` is `labels` and the folders do not match
 */
export function planFolder(
  db: Db,
  found: readonly FoundFile[],
  tree: FolderTree,
  mode: ImportMode,
  chosen = false,
): Plan {
  if (mode === 'plain') return planPlain(found);
  const settled = settledNames(db);
  const known = settled ? keyed(settled) : NO_NAMES;
  const candidates = findClasses(tree, known);
  const classes = candidates?.classes ?? (mode === 'labels' ? literalClasses(tree.root) : null);
  const match = classes && matchClasses(db, [...classes.values()]);
  const refusal = match ? null : whyNot(db, tree.root, known, classes, chosen);
  if (mode === 'labels' && refusal !== null) {
    throw new TwofoldError(
      'bad-input',
      `${refusal || 'There are no two sub-folders with pictures side by side.'} Expected one for each class; they can be divided into folders such as train and test.`,
    );
  }
  const used = match ? classes : NO_NAMES;
  const roles = assignRoles(tree.root, used);
  const labels = new Map([...used.keys()].map((key, index) => [key, match!.classes[index]!]));
  const divided = roles.splitNames.size > 0;
  const notes = [
    ...(refusal ? [`${refusal} The pictures were imported without labels.`] : []),
    ...(match && candidates?.doubt ? [candidates.doubt] : []),
    ...(match ? [...(candidates?.unusable ?? []).map(explainName), ...ignoredSplits(roles)] : []),
  ];
  return {
    layout: divided ? 'split' : match ? 'labels' : 'plain',
    count: found.length,
    pictures: planPictures(found, tree, roles, match ? labels : null),
    naming: match?.naming ?? null,
    reading: readingOf(used, roles),
    splitFolders: match || !canChooseClasses(db) ? null : splitFolders(tree.root),
    notes,
  };
}

/** Every picture without label or split. */
function planPlain(found: readonly FoundFile[]): Plan {
  return {
    layout: 'plain',
    count: found.length,
    pictures: lazily(found, ({ directory, name }) => ({ directory, name, label: null, split: null })),
    naming: null,
    notes: [],
  };
}

function lazily<T>(found: readonly FoundFile[], make: (file: FoundFile) => T): Iterable<T> {
  return {
    *[Symbol.iterator]() {
      for (const file of found) yield make(file);
    },
  };
}

function planPictures(
  found: readonly FoundFile[],
  tree: FolderTree,
  roles: Roles,
  labels: ReadonlyMap<string, ClassIndex> | null,
): Iterable<Planned> {
  const given = new Map<Folder, Omit<Planned, keyof Place>>();
  for (const [folder, { class: key, split, overruled }] of roles.of) {
    const label = key === null ? null : labels!.get(key)!;
    const isOutside = labels !== null && key === null;
    given.set(folder, {
      label,
      split,
      ...(overruled && { notSplit: overruled }),
      ...(isOutside && { outside: { name: folder.name, isTest: split === 'test' } }),
    });
  }
  return lazily(found, ({ directory, name, under }) => ({
    directory,
    name,
    ...given.get(tree.of.get(under)!)!,
  }));
}

function keyed(names: readonly string[]): Names {
  return new Map(names.map((name) => [classKey(name), name]));
}

const isUsable = (name: string): boolean => classNameProblem(name) === null;

/** Among more siblings than this, names that can't be a class's are not listed. */
const MANY_NAMES = 20;

interface Candidates {
  classes: Names;
  /** Siblings whose names can't be a class's. */
  unusable: string[];
  /** A note about other folders that could be the classes. */
  doubt?: string;
}

/**
 * The class folders: those with the names of the project's classes if these can't change; otherwise two siblings.
 * Deeper ones only if that labels every picture outside the test set, or if split folders are between them and the
 * outermost two.
 */
function findClasses(tree: FolderTree, known: Names): Candidates | null {
  let outer: Candidates | null = null;
  for (let skip = 0; ; skip++) {
    const names = candidateNames(tree.root, skip, known);
    if (names.size === 0) return outer;
    const unusable = names.size > MANY_NAMES ? [] : [...names.values()].filter((name) => !isUsable(name));
    const usable = names.size - unusable.length;
    if (known.size > 0) {
      const classes = new Map([...names].filter(([key]) => known.has(key)));
      if (classes.size > 0 && (classes.size === usable || classes.size === known.size)) {
        return { classes, unusable };
      }
    } else if (outer) {
      if (names.size !== 2 || usable !== 2) continue;
      if (dividesAbove(tree.root, outer.classes, names) && coversMost(tree, names)) {
        return { classes: names, unusable, doubt: lookedThrough(outer.classes, names) };
      }
      if (allHold(tree.root, outer.classes, names)) outer.doubt ??= notUsed(outer.classes, names);
    } else if (usable === 2 || (usable === 1 && names.size === 2)) {
      const classes = new Map([...names].filter(([, name]) => !unusable.includes(name)));
      if (skip === 0 && classes.size === 2) outer = { classes, unusable };
      else if (skip === 0 || coverage(tree, classes).outside === 0) return { classes, unusable };
    }
  }
}

/** Number of pictures in class folders or the test set, and of the others. */
function coverage({ root }: FolderTree, classes: Names): { inside: number; outside: number } {
  const pictures = { inside: 0, outside: 0 };
  for (const [folder, role] of assignRoles(root, classes).of) {
    pictures[role.class !== null || role.split === 'test' ? 'inside' : 'outside'] += folder.loose;
  }
  return pictures;
}

function coversMost(tree: FolderTree, classes: Names): boolean {
  const { inside, outside } = coverage(tree, classes);
  return inside > outside;
}

const REMEDY =
  'If they are the classes, give a new project these class names before importing (on the command line: --classes).';

function lookedThrough(outer: Names, classes: Names): string {
  return `${quoted([...outer.values()])} were not read as classes, because they contain split folders with ${quoted([...classes.values()])}. ${REMEDY}`;
}

function notUsed(outer: Names, inner: Names): string {
  return `The sub-folders ${quoted([...inner.values()])} of both ${quoted([...outer.values()])} were not used. ${REMEDY}`;
}

/** The outermost siblings if there are two, even if they are split words; for mode `labels`. */
function literalClasses(root: Folder): Names | null {
  const { folders } = outermostSiblings(root);
  if (folders.length > MANY_NAMES) return null;
  const names = namesOf(folders);
  return names.size === 2 && [...names.values()].every(isUsable) ? names : null;
}

function splitFolders(root: Folder): [string, string] | null {
  const { folders, splits } = outermostSiblings(root);
  const [first, second] = literalClasses(root)?.values() ?? [];
  return first !== undefined && second !== undefined && folders.every((one) => splits.has(one))
    ? [first, second]
    : null;
}

function outermostSiblings(folder: Folder): Folder {
  return folder.folders.length === 1 ? outermostSiblings(folder.folders[0]!) : folder;
}

/** Why there are no labels; empty if no folders look like classes. */
function whyNot(db: Db, root: Folder, known: Names, classes: Names | null, chosen: boolean): string {
  if (classes) return explainMismatch(db, [...classes.values()], 'folders', chosen);
  const names = [...candidateNames(root, 0, known).values()];
  if (names.length === 0) {
    const { folders, splits } = outermostSiblings(root);
    const others = folders.filter((one) => !splits.has(one)).map(({ name }) => name);
    return others.length > 1
      ? `${quoted(others)} are the same class name; two different ones were expected.`
      : '';
  }
  if (names.length <= MANY_NAMES && !names.some(isUsable)) return names.map(explainName).join(' ');
  if (known.size > 0) return explainMismatch(db, names, 'folders', chosen);
  return `There are ${formatCount(names.length)} sub-folders with pictures (${quoted(names)}); two were expected.`;
}
