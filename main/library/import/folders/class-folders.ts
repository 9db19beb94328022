import type { Split } from '../../../../shared/split.ts';
import { namesOf, type Folder, type Names } from './folder-tree.ts';

/** Sibling folders that could be the classes. */
interface Family {
  split: Split | null;
  names: Names;
}

/** Splits in the order in which their folders determine the classes. */
const AUTHORITY: readonly (Split | null)[] = ['train', 'validation', null, 'test'];

/**
 * The names that could be the classes: those of the outermost folders that have siblings. Descends into split folders
 * and folders that only wrap another. If there are several sets of siblings, those in training folders count, otherwise
 * those in validation folders, then those outside any split, then those in the test set.
 *
 * @param skip how many further levels to descend: 1 finds `cat` and `dog` in `site 1/cat`, `site 2/dog`, …
 * @param known names of the project's classes: they count without a sibling too, and never as a split
 * @returns empty if there are none
 */
export function candidateNames(root: Folder, skip: number, known: Names): Names {
  const families = familiesIn(root, null, skip, known);
  for (const split of AUTHORITY) {
    const chosen = families.filter((family) => family.split === split);
    if (chosen.length === 1) return chosen[0]!.names;
    if (chosen.length > 0) return new Map(chosen.toReversed().flatMap(({ names }) => [...names]));
  }
  return new Map();
}

function familiesIn(folder: Folder, split: Split | null, skip: number, known: Names): Family[] {
  if (folder.folders.length === 0) return [];
  const found: Family[] = [];
  const others: Folder[] = [];
  for (const inner of folder.folders) {
    const own = known.has(inner.key) ? undefined : folder.splits.get(inner);
    if (own === undefined) others.push(inner);
    else found.push(...familiesIn(inner, own, skip, known));
  }
  const names = namesOf(others);
  const isKnown =
    [...names.keys()].some((key) => known.has(key)) && !others.some((one) => holdsAll(one, known));
  const isFamily = names.size > 1 || isKnown;
  if (isFamily && skip === 0) return [...found, { split, names }];
  const rest = isFamily ? skip - 1 : skip;
  return [...found, ...others.flatMap((inner) => familiesIn(inner, split, rest, known))];
}

/** Whether a folder, at some level, has sub-folders with all these names. */
export function holdsAll(folder: Folder, names: Names): boolean {
  if (folder.folders.length === 0) return false;
  const isInside = (key: string): boolean => folder.folders.some((one) => one.key === key);
  return [...names.keys()].every(isInside) || folder.folders.some((one) => holdsAll(one, names));
}

/** Whether a split folder is between one of the outer folders and one of the inner. */
export function dividesAbove(folder: Folder, outer: Names, inner: Names): boolean {
  return folder.folders.some((one) =>
    outer.has(one.key) ? leadsThroughSplit(one, inner) : dividesAbove(one, outer, inner),
  );
}

function leadsThroughSplit(folder: Folder, names: Names): boolean {
  return folder.folders.some((one) =>
    folder.splits.has(one) ? holdsAll(one, names) : leadsThroughSplit(one, names),
  );
}

/** Whether each of the outer folders has sub-folders of all the inner names. */
export function allHold(folder: Folder, outer: Names, inner: Names): boolean {
  return folder.folders.every((one) =>
    outer.has(one.key) ? holdsAll(one, inner) : allHold(one, outer, inner),
  );
}
