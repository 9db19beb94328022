import { expect, test } from 'vitest';
import { classFolders, folderName, UniqueNames } from '../../../main/export/names.ts';

test('a class name becomes a folder name that every system accepts, and stays readable', () => {
  expect(folderName('Cats & Dogs')).toBe('Cats & Dogs');
  expect(folderName('Äpfel 🍎')).toBe('Äpfel 🍎');
  expect(folderName('a/b\\c:d')).toBe('a_b_c_d');
  expect(folderName('..')).toBe('_');
  expect(folderName('.hidden')).toBe('_.hidden');
  expect(folderName('CON')).toBe('_CON');
  expect(folderName('end. ')).toBe('end_');
  expect(Buffer.byteLength(folderName('é'.repeat(300)))).toBeLessThanOrEqual(200);
  expect(folderName('é'.repeat(300))).toMatch(/^é+$/);
});

test('two classes never share a folder', () => {
  expect(classFolders(['cats', 'dogs'])).toEqual(['cats', 'dogs']);
  expect(classFolders(['a/b', 'a:b'])).toEqual(['a_b', 'a_b (2)']);
  expect(classFolders(['Cats', 'cats'])).toEqual(['Cats', 'cats (2)']);
});

test('names are kept if free; otherwise the start of the hash is added, then a number', () => {
  const names = new UniqueNames();
  const next = (path: string, sha256 = 'aaaabbbbcccc'): string => names.next('train/cats', path, sha256);
  expect(next('/one/IMG 1.JPG')).toBe('IMG 1.JPG');
  expect(next('/two/img 1.jpg', '0123456789')).toBe('img 1-01234567.jpg');
  expect(next('/three/IMG 1.png', '0123456789')).toBe('IMG 1-01234567-2.png');
  expect(names.next('train/dogs', '/one/IMG 1.JPG', 'x')).toBe('IMG 1.JPG');
  const long = next(`/one/${'ü'.repeat(125)}.jpeg`);
  expect(Buffer.byteLength(long)).toBeLessThanOrEqual(205);
  expect(long).toMatch(/^ü+\.jpeg$/);
});
