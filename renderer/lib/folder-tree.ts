import type { LibraryFolder } from '../../shared/library/pictures.ts';

/** A folder in the list, with what its row needs. */
export interface FolderRow extends LibraryFolder {
  hasChildren: boolean;
  isOpen: boolean;
}

/**
 * The folders whose parents are all open. The first one, which contains all pictures, is always open.
 *
 * @param folders each before its sub-folders
 * @param open paths of open folders
 */
export function visibleFolders(folders: readonly LibraryFolder[], open: ReadonlySet<string>): FolderRow[] {
  const rows: FolderRow[] = [];
  /** Folders deeper than this are in a closed one. */
  let closedAt = Infinity;
  folders.forEach((folder, index) => {
    if (folder.depth > closedAt) return;
    const hasChildren = (folders[index + 1]?.depth ?? 0) > folder.depth;
    const isOpen = folder.depth === 0 || open.has(folder.path);
    closedAt = hasChildren && !isOpen ? folder.depth : Infinity;
    rows.push({ ...folder, hasChildren, isOpen });
  });
  return rows;
}
