import type { Split } from '../../../../shared/split.ts';
import { holdsAll } from './class-folders.ts';
import type { Folder, Names } from './folder-tree.ts';

/** The class and split that a folder gives the pictures in it. */
export interface Role {
  /** `classKey` of the class's name. */
  class: string | null;
  split: Split | null;
  /** The split that the folder would set if it were not a class. */
  overruled: Split | null;
}

export interface Roles {
  of: ReadonlyMap<Folder, Role>;
  /** Names of the folders that set a split, by split. */
  splitNames: ReadonlyMap<Split, ReadonlySet<string>>;
  /** Split words inside a class folder that are ignored, since the other class folder has none. */
  ignored: readonly { name: string; inside: string }[];
}

/**
 * Determines the class and split of every folder. A folder named as a class is that class with everything below it,
 * unless both classes are further down. A split word counts above and beside the class folders, and directly inside
 * them if each has some (`cats/train`, `dogs/train`). Everything below a test set belongs to it.
 *
 * @param classes by `classKey` of their names; may be empty
 */
export function assignRoles(root: Folder, classes: Names): Roles {
  const of = new Map<Folder, Role>();
  const splitNames = new Map<Split, Set<string>>();
  const ignored: { name: string; inside: string }[] = [];
  const classFolders = new Set(
    outermost(root, (folder) => classes.has(folder.key) && !(classes.size > 1 && holdsAll(folder, classes))),
  );
  const leads = foldersAbove(root, classFolders);
  const dividedInside = [...classFolders].every(({ splits }) => splits.size > 0);

  const visit = (folder: Folder, role: Role, place: 'way' | 'class' | 'aside'): void => {
    of.set(folder, role);
    const lone = place === 'way' && hasOneOther(folder);
    for (const inner of folder.folders) {
      if (classFolders.has(inner)) {
        const overruled = folder.splits.get(inner) ?? null;
        visit(inner, { ...role, class: inner.key, overruled }, 'class');
        continue;
      }
      const split = folder.splits.get(inner);
      const counts = split !== undefined && (place === 'way' || (place === 'class' && dividedInside));
      if (split !== undefined && place === 'class' && !dividedInside) {
        ignored.push({ name: inner.name, inside: folder.name });
      }
      if (!counts) {
        visit(inner, role, lone || (place === 'way' && leads.has(inner)) ? 'way' : 'aside');
        continue;
      }
      const own = role.split === 'test' ? 'test' : split;
      splitNames.set(own, (splitNames.get(own) ?? new Set()).add(inner.name));
      visit(inner, { ...role, split: own }, place === 'way' ? 'way' : 'aside');
    }
  };
  visit(root, { class: null, split: null, overruled: null }, 'way');
  return { of, splitNames, ignored };
}

/** Whether there is a single sub-folder that is not a split: a wrapper. */
function hasOneOther({ folders, splits }: Folder): boolean {
  return folders.length - splits.size === 1;
}

function outermost(folder: Folder, wanted: (folder: Folder) => boolean, found: Folder[] = []): Folder[] {
  for (const inner of folder.folders) {
    if (wanted(inner)) found.push(inner);
    else outermost(inner, wanted, found);
  }
  return found;
}

function foldersAbove(root: Folder, wanted: ReadonlySet<Folder>): ReadonlySet<Folder> {
  const above = new Set<Folder>();
  const visit = (folder: Folder): boolean => {
    let leads = wanted.has(folder);
    for (const inner of folder.folders) leads = visit(inner) || leads;
    if (leads) above.add(folder);
    return leads;
  };
  visit(root);
  return above;
}
