import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { classesAreNamed, getClasses, nameClasses } from '../../main/library/labels/classes.ts';
import { importFiles, importFolder } from '../../main/library/import/import.ts';
import { redo, setLabels, undo } from '../../main/library/labels/labels.ts';
import { removePictures } from '../../main/library/labels/removal.ts';
import type { Project } from '../../main/library/project.ts';
import { decode, newProject, putPicture, temporaryFolder } from '../kit/library.ts';

/** When an import names the classes, and when another may name them anew. */

const options = { inspect: decode };
const names = (project: Project): string[] => getClasses(project.db).map(({ name }) => name);

async function put(...files: string[]): Promise<string> {
  const folder = temporaryFolder();
  for (const file of files) await putPicture(path.join(folder, file), ++number);
  return folder;
}
let number = 0;

test('an import without pictures names no classes, and a later one can', async () => {
  const project = newProject();
  const folder = await put('cat/1.png', 'dog/2.png');
  const damaged = temporaryFolder();
  for (const name of ['1.png', '2.png']) writeFileSync(path.join(damaged, name), 'words');
  writeFileSync(path.join(damaged, 'wrong.csv'), 'path,label\n1.png,owl\n2.png,finch\n');
  expect(await importFiles(project, [path.join(damaged, 'wrong.csv')], options)).toMatchObject({ added: 0 });
  expect(names(project)).toEqual(['Class A', 'Class B']);
  expect(classesAreNamed(project.db)).toBe(false);
  expect(await importFolder(project, folder, options)).toMatchObject({ labelled: 2 });
  expect(names(project)).toEqual(['cat', 'dog']);
});

test('names from an import are replaced once no label depends on them', async () => {
  const project = newProject();
  await importFolder(project, await put('owl/1.png', 'finch/2.png'), options);
  removePictures(project.db, [1, 2], 'mouse');
  expect(names(project)).toEqual(['finch', 'owl']);
  await importFolder(project, await put('cat/1.png', 'dog/2.png'), options);
  expect(names(project)).toEqual(['cat', 'dog']);
});

test('names are kept while labels use them, and while undo could restore such labels', async () => {
  const project = newProject();
  await importFolder(project, await put('owl/1.png', 'finch/2.png'), options);
  removePictures(project.db, [2], 'mouse');
  expect(await importFolder(project, await put('cat/1.png', 'dog/2.png'), options)).toMatchObject({
    labelled: 0,
  });
  expect(names(project)).toEqual(['finch', 'owl']);

  const cleared = newProject();
  await importFolder(cleared, await put('owl/1.png', 'finch/2.png'), options);
  setLabels(cleared.db, [2], null, 'mouse');
  expect(await importFolder(cleared, await put('owl/1.png', 'dog/2.png'), options)).toMatchObject({
    labelled: 0,
  });
  expect(names(cleared)).toEqual(['finch', 'owl']);
  expect(undo(cleared.db, 'mouse')).not.toBeNull();
});

test('names are replaced once no picture is labelled, and undo and redo are emptied', async () => {
  const byHand = newProject();
  await importFolder(byHand, await put('1.png'), options);
  setLabels(byHand.db, [1], 1, 'mouse');
  undo(byHand.db, 'mouse');
  expect(await importFolder(byHand, await put('cat/1.png', 'dog/2.png'), options)).toMatchObject({
    labelled: 2,
    notes: [expect.stringContaining('classes were renamed')],
  });
  expect(names(byHand)).toEqual(['cat', 'dog']);
  expect(redo(byHand.db, 'mouse')).toBeNull();

  const same = newProject();
  const folder = await put('owl/1.png', 'finch/2.png');
  await importFolder(same, folder, options);
  setLabels(same.db, [1, 2], null, 'mouse');
  // The same names: what was cleared by hand stays so, and can be undone.
  expect(await importFolder(same, folder, options)).toMatchObject({ labelled: 0, notes: [] });
  expect(undo(same.db, 'mouse')?.changes).toHaveLength(2);
});

test('names chosen by the user are never replaced', async () => {
  const project = newProject();
  nameClasses(project.db, ['owl', 'finch']);
  const report = await importFolder(project, await put('cat/1.png', 'dog/2.png'), options);
  expect(report).toMatchObject({ added: 2, labelled: 0 });
  expect(names(project)).toEqual(['owl', 'finch']);
});
