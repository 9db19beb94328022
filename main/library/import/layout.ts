import type { Split } from '../../../shared/jobs.ts';
import type { ClassIndex, ImportMode, ImportReport, LabelValue } from '../../../shared/library.ts';
import { TwofoldError, type ErrorCode } from '../../../shared/errors.ts';
import { formatCount, plural } from '../../../shared/format.ts';
import { classNameProblem } from '../labels/classes.ts';
import { allHold, candidateNames, dividesAbove } from './folders/class-folders.ts';
import { assignRoles, type Roles } from './folders/folder-roles.ts';
import { namesOf, type Folder, type FolderTree, type Names } from './folders/folder-tree.ts';
import { canChooseClasses, explainMismatch, matchClasses, quoted, settledNames } from './match-classes.ts';
import { classKey } from '../pictures/names.ts';
import type { Db } from '../database/sql.ts';
import type { FoundFile } from './walk.ts';

/** A file to import, with what its folder or CSV row says of it. */
export interface Planned {
  directory: string;
  name: string;
  label: LabelValue;
  split: Split | null;
  /** Why it is left out without being looked at, and its path as a table has it. */
  refused?: { path: string; code: ErrorCode; message: string };
  /** A split that an earlier import took from the name of what the person now says is a class: it is taken back. */
  notSplit?: Split;
}

export interface Plan {
  layout: ImportReport['layout'];
  count: number;
  /** So many, each made when it is asked for: all 100,000 at once would hold everything else up. */
  pictures: Iterable<Planned>;
  /** What the first label names the classes; null where they have their names. */
  naming: [string, string] | null;
  /** How folders were read, in a sentence. */
  reading?: string;
  /** Two split folders that might as well be the classes. */
  splitFolders?: [string, string] | null;
  notes: string[];
}

const NO_NAMES: Names = new Map();

/**
 * Reads labels and splits from folders, whatever order they are in: `cat/…`, `train/cat/…`, `cat/train/…`, below folders
 * that only wrap the others. Two folders beside each other are the classes (see `candidateNames`), and those called by a
 * split word set the split (see `assignRoles`), never a class, unless the person says so: by naming the project's classes
 * so, or by `labels` where there is nothing else to take for classes. Where the project's classes have names that are in
 * use, the folders must be called so. What can't be read gets no label, and a note says so.
 *
 * @param tree of these files
 * @param mode `labels` insists on labels, `plain` does not look for labels and splits
 * @param chosen whether this import was told the classes' names
 * @throws TwofoldError `bad-input` when `mode` is `labels` and the folders do not fit
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
      `${refusal || 'There are no two sub-folders with pictures beside each other.'} Expected one for each class, where folders such as train and test may divide them.`,
    );
  }
  const used = match ? classes : NO_NAMES;
  const roles = assignRoles(tree.root, used);
  const labels = new Map([...used.keys()].map((key, index) => [key, match!.classes[index]!]));
  const divided = roles.splitNames.size > 0;
  const notes = [
    ...(refusal ? [`${refusal} The pictures came in without labels.`] : []),
    ...(match && candidates?.doubt ? [candidates.doubt] : []),
    ...(match ? [...(candidates?.unusable ?? []).map(explainName), ...notesOf(roles)] : []),
  ];
  return {
    layout: divided ? 'split' : match ? 'labels' : 'plain',
    count: found.length,
    pictures: planPictures(found, tree, roles, labels),
    naming: match?.naming ?? null,
    reading: readingOf(used, roles),
    splitFolders: match || !canChooseClasses(db) ? null : splitFolders(tree.root),
    notes,
  };
}

/** Every picture without label and split. */
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
  labels: ReadonlyMap<string, ClassIndex>,
): Iterable<Planned> {
  const says = new Map<Folder, Omit<Planned, 'directory' | 'name'>>();
  for (const [folder, { class: key, split, overruled }] of roles.of) {
    const label = key === null ? null : labels.get(key)!;
    says.set(folder, { label, split, ...(overruled && { notSplit: overruled }) });
  }
  return lazily(found, ({ directory, name, under }) => ({
    directory,
    name,
    ...says.get(tree.of.get(under)!)!,
  }));
}

function keyed(names: readonly string[]): Names {
  return new Map(names.map((name) => [classKey(name), name]));
}

const isUsable = (name: string): boolean => classNameProblem(name) === null;

/** Of more names beside each other, those that can't be a class's are not counted. */
const MANY_NAMES = 20;

interface Candidates {
  classes: Names;
  /** Names beside them that can't be a class's. */
  unusable: string[];
  /** What speaks for other classes. */
  doubt?: string;
}

/**
 * The classes' folders: of a project whose classes are settled, those called so; else two. Deeper ones only where that
 * gives every picture outside the test set a label, or where split folders between them and the outermost two say so.
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

/** Pictures that have their place with these classes, the test set's all, and those that get no label. */
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
  'If they are the classes, name those of a new project so before importing (on the command line: --classes).';

function lookedThrough(outer: Names, classes: Names): string {
  return `${quoted([...outer.values()])} were not read as classes: there are split folders with ${quoted([...classes.values()])} inside. ${REMEDY}`;
}

function notUsed(outer: Names, inner: Names): string {
  return `The sub-folders ${quoted([...inner.values()])}, which are in both ${quoted([...outer.values()])}, were not used. ${REMEDY}`;
}

/** The outermost folders beside each other where they are two, split words included: for who insists that these are classes. */
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

/** Why there are no labels; empty where nothing speaks of classes. */
function whyNot(db: Db, root: Folder, known: Names, classes: Names | null, chosen: boolean): string {
  if (classes) return explainMismatch(db, [...classes.values()], 'folders', chosen);
  const names = [...candidateNames(root, 0, known).values()];
  if (names.length === 0) {
    const { folders, splits } = outermostSiblings(root);
    const others = folders.filter((one) => !splits.has(one)).map(({ name }) => name);
    return others.length > 1 ? `${quoted(others)} are the same name for a class, and two were expected.` : '';
  }
  if (names.length <= MANY_NAMES && !names.some(isUsable)) return names.map(explainName).join(' ');
  if (known.size > 0) return explainMismatch(db, names, 'folders', chosen);
  return `There are ${formatCount(names.length)} sub-folders with pictures (${quoted(names)}), not two.`;
}

function explainName(name: string): string {
  const shown = name.length > 40 ? `${name.slice(0, 40)}…` : name;
  return `The folder "${shown}" can't be a class: ${classNameProblem(name)!}`;
}

const SET_WORDS: [Split, string][] = [
  ['train', 'Training'],
  ['validation', 'Validation'],
  ['test', 'Test'],
];

function readingOf(classes: Names, { splitNames }: Roles): string {
  const names = [...classes.values()];
  const what = names.length === 2 ? 'Classes' : 'Class';
  const parts = SET_WORDS.flatMap(([split, word]) => {
    const folders = splitNames.get(split);
    return folders ? [`${word} set: ${quoted([...folders])}.`] : [];
  });
  if (names.length > 0) return [`${what} by folder: ${quoted(names)}.`, ...parts].join(' ');
  return parts.length > 0 ? ['No class folders found.', ...parts].join(' ') : '';
}

/** What did not get a label although there are class folders. */
function notesOf({ of, ignored }: Roles): string[] {
  const outside = { test: 0, other: 0 };
  const names = new Set<string>();
  const notes = ignored.map(
    ({ name, inside }) =>
      `"${name}" inside "${inside}" was not read as a split: the other class folder has none.`,
  );
  for (const [folder, role] of of) {
    if (role.class !== null) continue;
    outside[role.split === 'test' ? 'test' : 'other'] += folder.loose;
    if (role.split !== 'test' && folder.loose > 0 && folder.name !== '') names.add(folder.name);
  }
  if (outside.other > 0) {
    const where = names.size > 0 ? ` (${quoted([...names])})` : '';
    notes.push(
      `${plural(outside.other, 'file is', 'files are')} outside the class folders${where}: no label.`,
    );
  }
  if (outside.test > 0) {
    notes.push(`${plural(outside.test, 'file', 'files')} of the test set in no class folder: no label.`);
  }
  return notes;
}
