import { expect, test } from 'vitest';
import type { LibraryFolder } from '../../../shared/library/pictures.ts';
import { visibleFolders } from '../../../renderer/lib/folder-tree.ts';

const folder = (path: string, depth: number): LibraryFolder => ({ path, name: path, depth, count: 1 });
const FOLDERS = [
  folder('/p', 0),
  folder('/p/a', 1),
  folder('/p/a/x', 2),
  folder('/p/a/x/1', 3),
  folder('/p/a/y', 2),
  folder('/p/b', 1),
];
const shown = (...open: string[]): string[] => visibleFolders(FOLDERS, new Set(open)).map(({ path }) => path);

test('the first folder is open, the others as they were opened', () => {
  expect(shown()).toEqual(['/p', '/p/a', '/p/b']);
  expect(shown('/p/a')).toEqual(['/p', '/p/a', '/p/a/x', '/p/a/y', '/p/b']);
  expect(shown('/p/a', '/p/a/x')).toEqual(FOLDERS.map(({ path }) => path));
  expect(shown('/p/a/x')).toEqual(['/p', '/p/a', '/p/b']);
});

test('says which folders can be opened', () => {
  const rows = visibleFolders(FOLDERS, new Set(['/p/a']));
  expect(rows.filter(({ hasChildren }) => hasChildren).map(({ path, isOpen }) => [path, isOpen])).toEqual([
    ['/p', true],
    ['/p/a', true],
    ['/p/a/x', false],
  ]);
});
