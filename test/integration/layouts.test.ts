import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { classesAreNamed, getClasses } from '../../main/library/labels/classes.ts';
import { listPictureIds } from '../../main/library/reading/grid.ts';
import { importFiles, importFolder } from '../../main/library/import/import.ts';
import { getPictures } from '../../main/library/pictures/pictures.ts';
import type { Project } from '../../main/library/project.ts';
import { bmp, decode, newProject, temporaryFolder } from '../kit/library.ts';

/** Folders as people have them: what is read from each, picture by picture. */

let number = 0;
function put(files: readonly string[], folder = temporaryFolder()): string {
  for (const file of files) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), bmp(++number));
  }
  return folder;
}

/** `class split` of each picture by its path in the folder; `-` where there is none. */
function read(project: Project, folder: string): Record<string, string> {
  const names = getClasses(project.db).map(({ name }) => name);
  return Object.fromEntries(
    getPictures(project.db, listPictureIds(project.db)).map(({ path: file, label, split }) => [
      path.relative(folder, file),
      `${label === null ? '-' : label === 'skipped' ? label : names[label]} ${split ?? '-'}`,
    ]),
  );
}

interface Layout {
  /** What each picture becomes. */
  files: Record<string, string>;
  reading?: string;
  notes?: (string | RegExp)[];
}

const LAYOUTS: Record<string, Layout> = {
  'two folders': {
    files: { 'cat/1.bmp': 'cat -', 'dog/2.bmp': 'dog -', 'dog/more/3.bmp': 'dog -' },
    reading: 'Classes by folder: "cat" and "dog".',
  },
  'train with classes, test without': {
    files: {
      'train/cat/1.bmp': 'cat train',
      'train/dog/2.bmp': 'dog train',
      'test/3.bmp': '- test',
      'test/4.bmp': '- test',
    },
    reading: 'Classes by folder: "cat" and "dog". Training set: "train". Test set: "test".',
    notes: ['2 test pictures in no class folder: no label.'],
  },
  'train, valid and test': {
    files: {
      'train/cat/1.bmp': 'cat train',
      'train/dog/2.bmp': 'dog train',
      'valid/cat/3.bmp': 'cat validation',
      'valid/dog/4.bmp': 'dog validation',
      'test/cat/5.bmp': 'cat test',
      'test/dog/6.bmp': 'dog test',
    },
    reading:
      'Classes by folder: "cat" and "dog". Training set: "train". Validation set: "valid". Test set: "test".',
  },
  'training_set/training_set, as Kaggle packs it': {
    files: {
      'training_set/training_set/cats/1.bmp': 'cats train',
      'training_set/training_set/dogs/2.bmp': 'dogs train',
      'test_set/test_set/cats/3.bmp': 'cats test',
      'test_set/test_set/dogs/4.bmp': 'dogs test',
    },
  },
  'in any case, wrapped twice, with the archive inside itself': {
    files: {
      'data/xray/Train/NORMAL/1.bmp': 'NORMAL train',
      'data/xray/Train/PNEUMONIA/2.bmp': 'PNEUMONIA train',
      'data/xray/TEST/normal/3.bmp': 'NORMAL test',
      'data/xray/xray/Train/NORMAL/4.bmp': 'NORMAL train',
      'data/xray/xray/Train/PNEUMONIA/5.bmp': 'PNEUMONIA train',
    },
  },
  'class before split': {
    files: {
      'cats/train/1.bmp': 'cats train',
      'cats/test/2.bmp': 'cats test',
      'dogs/train/3.bmp': 'dogs train',
      'dogs/val/4.bmp': 'dogs validation',
    },
  },
  'a split word in one class folder only': {
    files: { 'cats/1.bmp': 'cats -', 'cats/test/2.bmp': 'cats -', 'dogs/3.bmp': 'dogs -' },
    notes: ['"test" in "cats" was not read as a split: the other class folder has none.'],
  },
  'a test folder beside class folders': {
    files: { 'cat/1.bmp': 'cat -', 'dog/2.bmp': 'dog -', 'test/3.bmp': '- test' },
  },
  'a test folder with classes beside class folders': {
    files: {
      'cat/1.bmp': 'cat -',
      'dog/2.bmp': 'dog -',
      'test/cat/3.bmp': 'cat test',
      'test/dog/4.bmp': 'dog test',
    },
  },
  'validation that lacks a class, in other letters': {
    files: {
      'train/Cat/1.bmp': 'Cat train',
      'train/dog/2.bmp': 'dog train',
      'dev/cat/3.bmp': 'Cat validation',
    },
  },
  'test folders of its own kinds': {
    files: {
      'train/cat/1.bmp': 'cat train',
      'train/dog/2.bmp': 'dog train',
      'test/easy/3.bmp': '- test',
      'test/hard/4.bmp': '- test',
      'test/odd/5.bmp': '- test',
    },
  },
  'a third folder in validation': {
    files: {
      'train/cat/1.bmp': 'cat train',
      'train/dog/2.bmp': 'dog train',
      'val/cat/3.bmp': 'cat validation',
      'val/junk/4.bmp': '- validation',
    },
    notes: ['1 picture is outside the class folders ("junk"): no label.'],
  },
  'images below split folders, as Roboflow writes them': {
    files: {
      'train/images/1.bmp': '- train',
      'valid/images/2.bmp': '- validation',
      'test/images/3.bmp': '- test',
    },
    reading: 'No class folders found. Training set: "train". Validation set: "valid". Test set: "test".',
  },
  'images below class folders': {
    files: {
      'train/n01/images/1.bmp': 'n01 train',
      'train/n02/images/2.bmp': 'n02 train',
      'val/images/3.bmp': '- validation',
    },
  },
  'train and test1 without classes': {
    files: { 'train/cat.0.bmp': '- train', 'train/dog.0.bmp': '- train', 'test1/1.bmp': '- test' },
    reading: 'No class folders found. Training set: "train". Test set: "test1".',
  },
  'names that differ in a split word only': {
    files: {
      'seg_train/seg_train/sea/1.bmp': 'sea train',
      'seg_train/seg_train/ice/2.bmp': 'ice train',
      'seg_test/seg_test/sea/3.bmp': 'sea test',
    },
  },
  'words that only contain a split word': {
    files: { 'training shoes/1.bmp': 'training shoes -', 'boots/2.bmp': 'boots -' },
  },
  'three folders': {
    files: { 'a/1.bmp': '- -', 'b/2.bmp': '- -', 'c/3.bmp': '- -' },
    reading: '',
    notes: [
      'There are 3 sub-folders with pictures ("a", "b" and "c"); two were expected. The pictures were imported without labels.',
    ],
  },
  'three folders in train': {
    files: {
      'train/a/1.bmp': '- train',
      'train/b/2.bmp': '- train',
      'train/c/3.bmp': '- train',
      'test/a/4.bmp': '- test',
    },
    notes: [/^There are 3 sub-folders with pictures/],
  },
  'sites with the same two classes each': {
    files: {
      'site 1/empty/1.bmp': 'empty -',
      'site 1/animal/2.bmp': 'animal -',
      'site 2/animal/3.bmp': 'animal -',
      'site 3/Empty/4.bmp': 'empty -',
    },
  },
  'another folder beside a divided data set': {
    files: {
      'data/images/train/cat/1.bmp': 'cat train',
      'data/images/train/dog/2.bmp': 'dog train',
      'data/images/test/cat/3.bmp': 'cat test',
      'data/images/test/Dog/4.bmp': 'dog test',
      'docs/logo.bmp': '- -',
    },
    reading: 'Classes by folder: "cat" and "dog". Training set: "train". Test set: "test".',
    notes: [
      /^"data" and "docs" were not read as classes, because they contain split folders with "cat" and "dog"\./,
      '1 picture is outside the class folders ("docs"): no label.',
    ],
  },
  'another folder beside a divided data set whose test set has no classes': {
    files: {
      'data/train/cat/1.bmp': 'cat train',
      'data/train/dog/2.bmp': 'dog train',
      'data/test/3.bmp': '- test',
      'docs/figures/4.bmp': '- -',
      'docs/photos/5.bmp': '- -',
    },
  },
  'folds that are divided and hold the same two classes': {
    files: {
      'fold1/train/cat/1.bmp': 'cat train',
      'fold1/test/dog/2.bmp': 'dog test',
      'fold1/train/dog/3.bmp': 'dog train',
      'fold2/train/cat/4.bmp': 'cat train',
      'fold2/train/dog/5.bmp': 'dog train',
      'fold2/test/cat/6.bmp': 'cat test',
    },
    notes: [/^"fold1" and "fold2" were not read as classes/],
  },
  'a class folder of its own, of which little is divided further': {
    files: {
      'cat/1.bmp': 'cat -',
      'cat/2.bmp': 'cat -',
      'dog/train/big/3.bmp': 'dog -',
      'dog/train/small/4.bmp': 'dog -',
    },
    notes: ['"train" in "dog" was not read as a split: the other class folder has none.'],
  },
  'class folders with the same sub-folders, and no split': {
    files: {
      'site1/negative/1.bmp': 'site1 -',
      'site1/positive/2.bmp': 'site1 -',
      'site2/Negative/3.bmp': 'site2 -',
      'site2/positive/4.bmp': 'site2 -',
    },
    notes: [/^The sub-folders "negative" and "positive" of both "site1" and "site2" were not used\./i],
  },
  'class folders with sub-folders of their own': {
    files: { 'cat/a/1.bmp': 'cat -', 'cat/b/2.bmp': 'cat -', 'dog/3.bmp': 'dog -' },
    notes: [],
  },
  'sites of which one has classes': {
    files: {
      'site 1/empty/1.bmp': '- -',
      'site 1/animal/2.bmp': '- -',
      'site 2/3.bmp': '- -',
      'site 3/4.bmp': '- -',
    },
    notes: [/^There are 3 sub-folders with pictures/],
  },
  'a folder called as a class around both': {
    files: { 'cats/cats/1.bmp': 'cats -', 'cats/dogs/2.bmp': 'dogs -' },
  },
  'a project folder that is called test': {
    files: {
      'test/train/cat/1.bmp': 'cat train',
      'test/train/dog/2.bmp': 'dog train',
      'test/val/cat/3.bmp': 'cat validation',
    },
  },
  'train and test inside the test set': {
    files: {
      'train/car/1.bmp': 'car train',
      'train/bus/2.bmp': 'bus train',
      'test/car/3.bmp': 'car test',
      'test/train/4.bmp': '- test',
    },
  },
  'loose pictures': {
    files: { 'cat/1.bmp': 'cat -', 'dog/2.bmp': 'dog -', '3.bmp': '- -' },
    notes: ['1 picture is outside the class folders: no label.'],
  },
  'a split word somewhere in a collection': {
    files: { '2023/a/1.bmp': '- -', '2023/test/2.bmp': '- -', '2024/b/3.bmp': '- -', '2025/c/4.bmp': '- -' },
  },
  'no folders': { files: { '1.bmp': '- -', '2.bmp': '- -' }, reading: '', notes: [] },
  'one folder': { files: { 'cat/1.bmp': '- -', 'cat/2.bmp': '- -' }, notes: [] },
};
test('files that are no readable pictures are not counted as outside the class folders', async () => {
  const project = newProject();
  const folder = put(['train/cat/1.bmp', 'train/dog/2.bmp', 'test/3.bmp', '4.bmp']);
  for (const broken of ['test/broken.jpg', 'broken.jpg'])
    writeFileSync(path.join(folder, broken), 'no picture');
  const report = await importFolder(project, folder, { inspect: decode });
  expect(report).toMatchObject({ added: 4, leftOut: 2 });
  expect(report.notes).toEqual([
    '1 picture is outside the class folders: no label.',
    '1 test picture in no class folder: no label.',
  ]);
});

test.each(Object.entries(LAYOUTS))('%s', async (_, { files, reading, notes }) => {
  const project = newProject();
  const folder = put(Object.keys(files));
  const report = await importFolder(project, folder, { inspect: decode });
  expect(read(project, folder)).toEqual(files);
  expect(report.added).toBe(Object.keys(files).length);
  if (reading !== undefined) expect(report.reading).toBe(reading);
  if (notes) {
    expect(report.notes).toHaveLength(notes.length);
    notes.forEach((note, index) => expect(report.notes[index]).toMatch(note));
  }
});

const names = (project: Project): string[] => getClasses(project.db).map(({ name }) => name);

describe('where the classes are given', () => {
  const files = ['train/1.bmp', 'test/2.bmp'];

  test('split folders are classes if labels are requested, which removes an earlier split', async () => {
    const project = newProject();
    const folder = put(files);
    const first = await importFolder(project, folder, { inspect: decode });
    expect(first).toMatchObject({ layout: 'split', splitFolders: ['test', 'train'], labelled: 0 });
    expect(read(project, folder)).toEqual({ 'train/1.bmp': '- train', 'test/2.bmp': '- test' });
    const second = await importFolder(project, folder, { inspect: decode, mode: 'labels' });
    expect(second).toMatchObject({ layout: 'labels', splitFolders: null, labelled: 2 });
    expect(read(project, folder)).toEqual({ 'train/1.bmp': 'train -', 'test/2.bmp': 'test -' });
  });

  test('split folders are not offered as classes once the classes are settled', async () => {
    const named = newProject(temporaryFolder(), ['cat', 'dog']);
    expect(await importFolder(named, put(files), { inspect: decode })).toMatchObject({ splitFolders: null });
    const labelled = newProject();
    await importFolder(labelled, put(['cat/1.bmp', 'dog/2.bmp']), { inspect: decode });
    expect(await importFolder(labelled, put(files), { inspect: decode })).toMatchObject({
      splitFolders: null,
    });
  });

  test('split words that are the project’s classes are classes', async () => {
    const project = newProject(temporaryFolder(), ['train', 'car']);
    const folder = put(['train/1.bmp', 'car/2.bmp']);
    await importFolder(project, folder, { inspect: decode });
    expect(read(project, folder)).toEqual({ 'train/1.bmp': 'train -', 'car/2.bmp': 'car -' });
    const divided = put(['train/train/3.bmp', 'train/car/4.bmp', 'test/car/5.bmp', 'test/train/6.bmp']);
    await importFolder(project, divided, { inspect: decode });
    expect(read(project, divided)).toMatchObject({
      'train/train/3.bmp': 'train train',
      'train/car/4.bmp': 'car train',
      'test/car/5.bmp': 'car test',
      'test/train/6.bmp': 'train test',
    });
  });

  test('folders named like the project’s classes are labelled, among others and alone', async () => {
    const project = newProject(temporaryFolder(), ['cat', 'dog']);
    const folder = put(['dog/1.bmp', 'Cat/2.bmp', 'bird/3.bmp']);
    const report = await importFolder(project, folder, { inspect: decode });
    expect(read(project, folder)).toEqual({
      'dog/1.bmp': 'dog -',
      'Cat/2.bmp': 'cat -',
      'bird/3.bmp': '- -',
    });
    expect(report.notes).toEqual(['1 picture is outside the class folders ("bird"): no label.']);
    const alone = put(['more/cat/4.bmp']);
    await importFolder(project, alone, { inspect: decode });
    expect(read(project, alone)).toMatchObject({ 'more/cat/4.bmp': 'cat -' });
    const other = put(['cat/5.bmp', 'bird/6.bmp']);
    expect(await importFolder(project, other, { inspect: decode })).toMatchObject({
      labelled: 0,
      notes: [
        'The folders "bird" and "cat" do not match this project\'s classes "cat" and "dog". The pictures were imported without labels.',
      ],
    });
  });

  test('in mode plain, folder names are ignored', async () => {
    const project = newProject();
    const folder = put(['train/cat/1.bmp', 'train/dog/2.bmp', 'test/3.bmp']);
    await importFolder(project, folder, { inspect: decode, mode: 'plain' });
    expect(Object.values(read(project, folder))).toEqual(['- -', '- -', '- -']);
  });

  test.each([
    ['no folders', ['1.bmp'], /no two sub-folders/],
    ['one', ['in/1.bmp'], /no two sub-folders/],
    ['three', ['a/1.bmp', 'b/2.bmp', 'c/3.bmp'], /3 sub-folders/],
    ['no name for a class', ['skipped/1.bmp', `${'long '.repeat(40)}/2.bmp`], /at most 100 characters/],
  ])('in mode labels, %s is refused', async (_, given, message) => {
    const project = newProject();
    const importing = importFolder(project, put(given), { inspect: decode, mode: 'labels' });
    await expect(importing).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringMatching(message) as string,
    });
  });
});

test('a name that is too long, or two that are alike, lose their labels but do not fail the import', async () => {
  const long = newProject();
  const longName = 'x'.repeat(101);
  const folder = put([`${longName}/1.bmp`, 'cat/2.bmp']);
  const report = await importFolder(long, folder, { inspect: decode });
  expect(read(long, folder)).toEqual({ [`${longName}/1.bmp`]: '- -', 'cat/2.bmp': 'cat -' });
  expect(report.notes[0]).toContain('at most 100 characters');

  const alike = newProject();
  const two = put(['cat/1.bmp', 'CAT/2.bmp']);
  expect(await importFolder(alike, two, { inspect: decode })).toMatchObject({
    notes: [
      '"CAT" and "cat" are the same class name; two different ones were expected. The pictures were imported without labels.',
    ],
  });
  expect(read(alike, two)).toEqual({ 'cat/1.bmp': '- -', 'CAT/2.bmp': '- -' });
  const three = put(['cat/3.bmp', 'CAT/4.bmp', 'dog/5.bmp']);
  await importFolder(alike, three, { inspect: decode });
  expect(read(alike, three)).toMatchObject({
    'cat/3.bmp': 'CAT -',
    'CAT/4.bmp': 'CAT -',
    'dog/5.bmp': 'dog -',
  });
});

test('folders dropped together are read as if they were in one', async () => {
  const project = newProject();
  const folder = put(['x/train/cat/1.bmp', 'x/train/dog/2.bmp', 'y/test/cat/3.bmp', 'z/4.bmp']);
  const dropped = ['x/train', 'y/test', 'z/4.bmp'].map((one) => path.join(folder, one));
  await importFiles(project, dropped, { inspect: decode });
  expect(read(project, folder)).toEqual({
    'x/train/cat/1.bmp': 'cat train',
    'x/train/dog/2.bmp': 'dog train',
    'y/test/cat/3.bmp': 'cat test',
    'z/4.bmp': '- -',
  });
  expect(names(project)).toEqual(['cat', 'dog']);
});

test('pictures that could not be read name no class', async () => {
  const project = newProject();
  const folder = temporaryFolder();
  for (const file of ['cat/1.jpg', 'dog/2.jpg']) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), 'words');
  }
  expect(await importFolder(project, folder, { inspect: decode })).toMatchObject({ added: 0, leftOut: 2 });
  expect(classesAreNamed(project.db)).toBe(false);
});
