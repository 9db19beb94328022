import type { Split } from '../../shared/jobs.ts';
import type { ClassIndex, ImportMode, ImportReport, LabelValue } from '../../shared/library.ts';
import { TwofoldError, type ErrorCode } from '../../shared/errors.ts';
import { plural } from '../../shared/plural.ts';
import { explainMismatch, matchClasses, quoted } from './match-classes.ts';
import type { Db } from './sql.ts';
import type { FoundFile } from './walk.ts';

/** A file to import, with what its folder or CSV row says of it. */
export interface Planned {
  directory: string;
  name: string;
  label: LabelValue;
  split: Split | null;
  /** Why it is left out without being looked at, and its path as a table has it. */
  refused?: { path: string; code: ErrorCode; message: string };
}

export interface Plan {
  layout: ImportReport['layout'];
  pictures: Planned[];
  /** What the first label names the classes; null where they have their names. */
  naming: [string, string] | null;
  notes: string[];
}

const SPLIT_NAMES: Record<string, Split> = {
  train: 'train',
  training: 'train',
  validation: 'validation',
  valid: 'validation',
  val: 'validation',
};

/**
 * Reads labels and split from folders:
 * - two sub-folders with pictures are the classes, in alphabetical order;
 * - `train` and `validation` (or `training`, `val`, `valid`), each with the same two sub-folders, set the split as well;
 * - a folder whose only content is one sub-folder is read as that one;
 * - anything else is plain: every picture, unlabelled.
 * Where the project's classes have names already, the folders must be called so.
 *
 * @param mode `labels` insists on labels, `plain` does not look for them
 * @throws TwofoldError `bad-input` when `mode` is `labels` and the folders do not fit
 */
export function planFolder(db: Db, found: readonly FoundFile[], mode: ImportMode): Plan {
  const plain = (notes: string[]): Plan => ({
    layout: 'plain',
    pictures: found.map(unlabelled),
    naming: null,
    notes,
  });
  if (mode === 'plain') return plain([]);
  const depth = wrapping(found);
  const folders = namesAt(found, depth);
  const give = (why: string): Plan => {
    if (mode === 'auto')
      return plain(folders.length > 0 ? [`${why} The pictures were imported without labels.`] : []);
    throw new TwofoldError(
      'bad-input',
      `${why} Expected two sub-folders with pictures (one for each class), or train and validation with two each.`,
    );
  };
  const splits = folders.map((name) => SPLIT_NAMES[name.toLowerCase()]);
  const isSplit = folders.length === 2 && splits.includes('train') && splits.includes('validation');
  const classDepth = isSplit ? depth + 1 : depth;
  const within = isSplit
    ? folders.map((name) =>
        namesAt(
          found.filter(({ under }) => under[depth] === name),
          classDepth,
        ),
      )
    : [folders];
  const names = within[0]!;
  if (within.some((others) => others.length !== 2)) return give(describe(folders, within, isSplit));
  if (within.some((others) => others.join('\n') !== names.join('\n'))) {
    return give(
      `${folders[0]!} has the sub-folders ${quoted(names)}, ${folders[1]!} has ${quoted(within[1]!)}.`,
    );
  }
  const match = matchClasses(db, names);
  if (!match) return give(explainMismatch(db, names));
  let loose = 0;
  const pictures = found.map((file) => {
    const label = labelOf(file.under[classDepth], names, match.classes);
    if (label === null) loose++;
    const split = isSplit ? (SPLIT_NAMES[file.under[depth]?.toLowerCase() ?? ''] ?? null) : null;
    return { directory: file.directory, name: file.name, label, split };
  });
  const notes =
    loose === 0
      ? []
      : [`${plural(loose, 'picture lies', 'pictures lie')} outside the class folders and got no label.`];
  return { layout: isSplit ? 'split' : 'labels', pictures, naming: match.naming, notes };
}

function unlabelled({ directory, name }: FoundFile): Planned {
  return { directory, name, label: null, split: null };
}

function labelOf(
  folder: string | undefined,
  names: readonly string[],
  classes: readonly ClassIndex[],
): ClassIndex | null {
  const index = names.findIndex((name) => name === folder);
  return classes[index] ?? null;
}

/** How many folders wrap the whole: `cats_and_dogs/cats_and_dogs/train/…` as archives are often unpacked. */
function wrapping(found: readonly FoundFile[]): number {
  let depth = 0;
  while (found.every(({ under }) => under.length > depth) && namesAt(found, depth).length === 1) depth++;
  // A single folder of pictures is no wrapping of anything.
  return namesAt(found, depth).length === 0 ? 0 : depth;
}

/** Names of the folders at a depth that hold pictures, themselves or further down, in alphabetical order. */
function namesAt(found: readonly FoundFile[], depth: number): string[] {
  const names = new Set<string>();
  // The walk is in order, so the set is.
  for (const { under } of found) if (under.length > depth) names.add(under[depth]!);
  return [...names];
}

function describe(folders: string[], within: readonly string[][], isSplit: boolean): string {
  if (!isSplit) return `There are ${folders.length} sub-folders with pictures (${quoted(folders)}), not two.`;
  const index = within.findIndex((names) => names.length !== 2);
  return `${folders[index]!} has ${within[index]!.length} sub-folders with pictures, not two.`;
}
