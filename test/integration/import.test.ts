import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { execFileSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { getClasses } from '../../main/library/labels/classes.ts';
import { importFiles, importFolder } from '../../main/library/import/import.ts';
import { importTable } from '../../main/library/import/import-table.ts';
import { listImportItems, listImports } from '../../main/library/import/imports.ts';
import { explainLabel, setLabels, undo } from '../../main/library/labels/labels.ts';
import { listPictureIds } from '../../main/library/reading/grid.ts';
import { findByPath, getCounts, getPictures } from '../../main/library/pictures/pictures.ts';
import type { Project } from '../../main/library/project.ts';
import type { ImportProgress } from '../../shared/library/import.ts';
import type { Inspect, Picture } from '../../shared/library/pictures.ts';
import { TwofoldError } from '../../shared/errors.ts';
import { sharp } from '../../main/pictures/sharp.ts';
import { decode, newProject, png, putPicture, temporaryFolder, told } from '../kit/library.ts';

const options = { inspect: decode };

const all = (project: Project): Picture[] => getPictures(project.db, listPictureIds(project.db));
const labels = (project: Project): Record<string, Picture['label']> =>
  Object.fromEntries(all(project).map(({ name, label }) => [name, label]));
const names = (project: Project): string[] => getClasses(project.db).map(({ name }) => name);

/** Writes pictures under a folder: `{ 'cats/a.png': 1 }`. */
async function put(folder: string, files: Record<string, number>): Promise<string> {
  for (const [file, number] of Object.entries(files)) await putPicture(path.join(folder, file), number);
  return folder;
}

describe('folders as labels', () => {
  test('two sub-folders are the classes, in alphabetical order', async () => {
    const project = newProject();
    const folder = await put(temporaryFolder(), {
      'owls/a.png': 1,
      'finches/b.png': 2,
      'finches/more/c.png': 3,
    });
    const report = await importFolder(project, folder, options);
    expect(report).toMatchObject({
      layout: 'labels',
      status: 'done',
      found: 3,
      added: 3,
      labelled: 3,
      notes: [],
    });
    expect(names(project)).toEqual(['finches', 'owls']);
    expect(labels(project)).toEqual({ 'a.png': 1, 'b.png': 0, 'c.png': 0 });
    expect(explainLabel(project.db, 1)[0]).toMatchObject({ source: 'folder', action: 'set' });
    expect(undo(project.db, 'key')).toBeNull();
  });

  test('train and validation set the split, also below wrapping folders', async () => {
    const project = newProject();
    const folder = await put(temporaryFolder(), {
      'cats_and_dogs/train/cats/1.png': 1,
      'cats_and_dogs/train/dogs/2.png': 2,
      'cats_and_dogs/validation/cats/3.png': 3,
      'cats_and_dogs/validation/dogs/4.png': 4,
    });
    writeFileSync(path.join(folder, 'cats_and_dogs', 'vectorize.py'), 'import os');
    const report = await importFolder(project, folder, options);
    expect(report).toMatchObject({ layout: 'split', added: 4, notPictures: 1 });
    expect(getCounts(project.db)).toMatchObject({ classes: [2, 2], train: 2, validation: 2 });
    expect(labels(project)).toEqual({ '1.png': 0, '2.png': 1, '3.png': 0, '4.png': 1 });
  });

  test('three sub-folders are plain, with a note; with mode labels they are refused', async () => {
    const project = newProject();
    const folder = await put(temporaryFolder(), { 'a/1.png': 1, 'b/2.png': 2, 'c/3.png': 3 });
    await expect(importFolder(project, folder, { ...options, mode: 'labels' })).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringContaining('3 sub-folders') as string,
    });
    expect(listImports(project.db)).toEqual([]);
    const report = await importFolder(project, folder, options);
    expect(report).toMatchObject({ layout: 'plain', added: 3, labelled: 0 });
    expect(report.notes[0]).toContain('3 sub-folders');
    expect(names(project)).toEqual(['Class A', 'Class B']);
  });

  test('mode plain ignores folders, and pictures beside the class folders get no label', async () => {
    const folder = await put(temporaryFolder(), { 'a/1.png': 1, 'b/2.png': 2, 'loose.png': 3 });
    const plain = newProject();
    expect(await importFolder(plain, folder, { ...options, mode: 'plain' })).toMatchObject({
      layout: 'plain',
      notes: [],
    });
    const labelled = newProject();
    const report = await importFolder(labelled, folder, options);
    expect(labels(labelled)).toEqual({ '1.png': 0, '2.png': 1, 'loose.png': null });
    expect(report.notes).toHaveLength(1);
  });

  test('if the classes have names, folders must match them', async () => {
    const project = newProject(temporaryFolder(), ['wolf', 'dog']);
    const fits = await put(temporaryFolder(), { 'Dog/1.png': 1, 'wolf/2.png': 2 });
    await importFolder(project, fits, options);
    expect(names(project)).toEqual(['wolf', 'dog']);
    expect(labels(project)).toEqual({ '1.png': 1, '2.png': 0 });
    const other = await put(temporaryFolder(), { 'cat/3.png': 3, 'dog/4.png': 4 });
    const report = await importFolder(project, other, options);
    expect(report).toMatchObject({ layout: 'plain', added: 2, labelled: 0 });
    expect(report.notes[0]).toContain('"wolf" and "dog"');
  });

  test('with labels under the default names, folders can’t be assigned to classes', async () => {
    const project = newProject();
    await importFolder(project, await put(temporaryFolder(), { '1.png': 1 }), options);
    setLabels(project.db, [1], 1, 'mouse');
    const report = await importFolder(
      project,
      await put(temporaryFolder(), { 'a/2.png': 2, 'b/3.png': 3 }),
      options,
    );
    expect(report.notes[0]).toContain('Rename the classes first');
  });

  test('two folders dropped together are classes too', async () => {
    const project = newProject();
    const folder = await put(temporaryFolder(), { 'x/cats/1.png': 1, 'y/dogs/2.png': 2, 'z/3.png': 3 });
    const dropped = ['x/cats', 'y/dogs', 'z/3.png', 'z/none.png'].map((one) => path.join(folder, one));
    const report = await importFiles(project, dropped, options);
    expect(report).toMatchObject({ layout: 'labels', added: 3, leftOut: 1 });
    expect(labels(project)).toEqual({ '1.png': 0, '2.png': 1, '3.png': null });
  });
});

describe('what is in a folder', () => {
  test('every file is imported, or reported with its reason, and nothing is fatal', async () => {
    const project = newProject();
    const folder = await put(temporaryFolder(), {
      'good.png': 1,
      'in/deep/er.png': 2,
      '.hidden/x.png': 3,
      'p.twofold/y.png': 4,
    });
    const at = (name: string): string => path.join(folder, name);
    writeFileSync(at('zero.jpg'), '');
    writeFileSync(at('text.jpg'), 'These are words.');
    writeFileSync(at('cut.png'), (await png(5)).subarray(0, 60));
    writeFileSync(at('really-a-png.jpg'), await png(6));
    writeFileSync(at('no-extension'), await png(7));
    writeFileSync(at('notes.txt'), 'words');
    writeFileSync(at('.DS_Store'), 'x');
    writeFileSync(at('unknown.xyz'), 'words');
    writeFileSync(at('phone.heic'), Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'latin1'));
    writeFileSync(at(`${'n'.repeat(245)}.png`), await png(8));
    writeFileSync(at('naïve 🦊 \n "quoted", $HOME.png'), await png(9));
    mkdirSync(at('folder.jpg'));
    execFileSync('mkfifo', [at('pipe.png')]);
    symlinkSync(folder, at('loop'));
    symlinkSync('round.png', at('round.png'));
    symlinkSync('nowhere.png', at('broken.png'));
    symlinkSync('good.png', at('link.png'));
    const report = await importFolder(project, folder, options);
    expect(told(project, report.importId).sort()).toEqual([
      ['broken.png', 'left-out', 'unreadable'],
      ['cut.png', 'left-out', 'bad-picture'],
      ['link.png', 'duplicate', 'same-content'],
      ['phone.heic', 'left-out', 'bad-picture'],
      ['pipe.png', 'left-out', 'unreadable'],
      ['round.png', 'left-out', 'unreadable'],
      ['text.jpg', 'left-out', 'bad-picture'],
      ['zero.jpg', 'left-out', 'bad-picture'],
    ]);
    expect(report).toMatchObject({
      added: 6,
      leftOut: 7,
      duplicates: 1,
      notPictures: 2,
      hidden: 2,
      found: 14,
    });
    expect(listImportItems(project.db, report.importId, { kind: 'left-out' })).toHaveLength(7);
    for (const { message } of listImportItems(project.db, report.importId))
      expect(message).toMatch(/^[A-Z].*\.$/);
    const odd = all(project).find(({ name }) => name.includes('🦊'))!;
    expect(findByPath(project.db, odd.path)).toBe(odd.id);
    expect(odd).toMatchObject({
      width: 12,
      height: 8,
      format: 'png',
      problem: null,
      importId: report.importId,
    });
  });

  test('an empty folder is reported, and a file instead of a folder is refused', async () => {
    const project = newProject();
    const folder = temporaryFolder();
    expect((await importFolder(project, folder, options)).notes[0]).toContain('No pictures');
    await expect(importFolder(project, path.join(folder, 'none'), options)).rejects.toMatchObject({
      code: 'not-found',
    });
    const file = await putPicture(path.join(folder, 'a.png'), 1);
    await expect(importFolder(project, file, options)).rejects.toMatchObject({ code: 'bad-input' });
  });

  test('a folder behind a symbolic link is the folder', async () => {
    const project = newProject();
    const folder = await put(temporaryFolder(), { 'real/1.png': 1 });
    symlinkSync(path.join(folder, 'real'), path.join(folder, 'link'));
    await importFolder(project, path.join(folder, 'link'), options);
    expect(all(project)[0]!.path).toBe(path.join(folder, 'real', '1.png'));
    expect(await importFolder(project, path.join(folder, 'real'), options)).toMatchObject({
      added: 0,
      alreadyThere: 1,
    });
  });
});

describe('importing again', () => {
  test('adds only what is new, without decoding the rest', async () => {
    const project = newProject();
    const folder = await put(temporaryFolder(), { 'a/1.png': 1, 'b/2.png': 2 });
    await importFolder(project, folder, options);
    await put(folder, { 'a/3.png': 3 });
    const decoded: string[] = [];
    const counting: Inspect = (file, signal) => {
      decoded.push(path.basename(file));
      return decode(file, signal);
    };
    const report = await importFolder(project, folder, { inspect: counting });
    expect(report).toMatchObject({ added: 1, alreadyThere: 2, labelled: 1, found: 3 });
    expect(decoded).toEqual(['3.png']);
  });

  test('keeps labels and splits set by the user', async () => {
    const project = newProject();
    const folder = await put(temporaryFolder(), { 'a/1.png': 1, 'a/2.png': 2, 'b/3.png': 3 });
    await importFolder(project, folder, options);
    setLabels(project.db, [1], 1, 'mouse');
    setLabels(project.db, [2], null, 'mouse');
    const report = await importFolder(project, folder, options);
    expect(labels(project)).toEqual({ '1.png': 1, '2.png': null, '3.png': 1 });
    expect(told(project, report.importId)).toEqual([
      ['1.png', 'label-kept', 'other-label'],
      ['2.png', 'label-kept', 'other-label'],
    ]);
  });

  test('labels pictures that came unlabelled before', async () => {
    const project = newProject();
    const folder = await put(temporaryFolder(), { 'a/1.png': 1, 'b/2.png': 2 });
    await importFolder(project, folder, { ...options, mode: 'plain' });
    expect(await importFolder(project, folder, options)).toMatchObject({ added: 0, labelled: 2 });
    expect(labels(project)).toEqual({ '1.png': 0, '2.png': 1 });
  });

  test('imports the same content once, and says where copies contradict it', async () => {
    const project = newProject();
    const folder = await put(temporaryFolder(), {
      'train/a/1.png': 1,
      'train/a/copy.png': 1,
      'train/b/2.png': 2,
      'train/b/contrary.png': 1,
      'validation/a/3.png': 3,
      'validation/a/leak.png': 1,
      'validation/b/4.png': 4,
    });
    const report = await importFolder(project, folder, options);
    expect(report).toMatchObject({ found: 7, added: 4, duplicates: 3 });
    expect(told(project, report.importId)).toEqual([
      ['copy.png', 'duplicate', 'same-content'],
      ['contrary.png', 'duplicate', 'other-label'],
      ['leak.png', 'duplicate', 'other-split'],
    ]);
  });

  test('finds moved and renamed files, labels and all', async () => {
    const project = newProject();
    const folder = await put(temporaryFolder(), { '1.png': 1, '2.png': 2 });
    await importFolder(project, folder, options);
    setLabels(project.db, [1], 1, 'mouse');
    mkdirSync(path.join(folder, 'new'));
    renameSync(path.join(folder, '1.png'), path.join(folder, 'new', 'one.png'));
    const report = await importFolder(project, folder, options);
    expect(report).toMatchObject({ added: 0, moved: 1, alreadyThere: 1 });
    expect(getPictures(project.db, [1])[0]).toMatchObject({
      path: path.join(folder, 'new', 'one.png'),
      name: 'one.png',
      label: 1,
      problem: null,
    });
    expect([...listPictureIds(project.db, { search: 'one' })]).toEqual([1]);
  });

  test('files that exchanged their names keep their labels', async () => {
    const project = newProject();
    const folder = temporaryFolder();
    const at = (name: string): string => path.join(folder, name);
    for (const [index, name] of ['1.png', '2.png', '3.png'].entries()) {
      writeFileSync(at(name), await png(index));
      appendFileSync(at(name), 'x'.repeat(index)); // of different sizes
    }
    await importFolder(project, folder, options);
    setLabels(project.db, [1], 0, 'mouse');
    setLabels(project.db, [3], 1, 'mouse');
    const shas = all(project).map(({ sha256 }) => sha256);
    renameSync(at('3.png'), at('t'));
    renameSync(at('2.png'), at('3.png'));
    renameSync(at('1.png'), at('2.png'));
    renameSync(at('t'), at('1.png'));
    const report = await importFolder(project, folder, options);
    expect(report).toMatchObject({ moved: 3, added: 0, changed: 0 });
    expect(
      all(project).map(({ name, label, sha256, problem }) => [name, label, shas.indexOf(sha256), problem]),
    ).toEqual([
      ['2.png', 0, 0, null],
      ['3.png', null, 1, null],
      ['1.png', 1, 2, null],
    ]);
  });

  test('updates changed files and keeps their labels', async () => {
    const project = newProject();
    const folder = await put(temporaryFolder(), { '1.png': 1, '2.png': 2, '3.png': 3 });
    await importFolder(project, folder, options);
    setLabels(project.db, [1], 1, 'mouse');
    const before = all(project)[0]!;
    await put(folder, { '1.png': 100 }); // another picture
    utimesSync(path.join(folder, '2.png'), 5, 5); // only touched
    writeFileSync(path.join(folder, '3.png'), 'no picture any more');
    const report = await importFolder(project, folder, options);
    expect(report).toMatchObject({ changed: 1, alreadyThere: 1, leftOut: 1 });
    const [one, two, three] = all(project);
    expect(one).toMatchObject({ label: 1, problem: null });
    expect(one!.sha256).not.toBe(before.sha256);
    expect(two).toMatchObject({ mtimeMs: 5000, problem: null });
    expect(three).toMatchObject({ problem: 'changed' });
    expect(await importFolder(project, folder, options)).toMatchObject({
      changed: 0,
      alreadyThere: 2,
      leftOut: 1,
    });
  });
});

describe('CSV', () => {
  const write = (folder: string, text: string): string => {
    const file = path.join(folder, 'labels.csv');
    writeFileSync(file, text);
    return file;
  };

  test.each([
    ['with headings', 'path,label\na.png,owl\nsub/b.png,finch\n'],
    ['without headings', 'a.png,owl\nsub/b.png,finch\n'],
    [
      'with a mark, semicolons and Windows paths',
      '\ufeffFilename;Class\r\na.png;owl\r\nsub\\b.png;finch\r\n',
    ],
    ['with other columns, quotes and blank lines', 'id,label,path\n7,owl,"a.png"\n\n8, finch ,sub/b.png\n'],
  ])('%s: labels become the classes', async (_, text) => {
    const project = newProject();
    const folder = await put(temporaryFolder(), { 'a.png': 1, 'sub/b.png': 2 });
    const report = await importTable(project, write(folder, text), options);
    expect(report).toMatchObject({ layout: 'csv', added: 2, labelled: 2, leftOut: 0 });
    expect(names(project)).toEqual(['finch', 'owl']);
    expect(labels(project)).toEqual({ 'a.png': 1, 'b.png': 0 });
  });

  test('0 and 1, skipped, nothing, split, missing and repeated rows', async () => {
    const project = newProject(temporaryFolder(), ['no', 'yes']);
    const folder = await put(temporaryFolder(), { 'a.png': 1, 'b.png': 2, 'c.png': 3, 'd.png': 4 });
    const text =
      'path,label,split\na.png,1,train\nb.png,0,validation\nc.png,skipped,\nd.png,,\ngone.png,1,\na.png,0,\n';
    const report = await importTable(project, write(folder, text), options);
    expect(labels(project)).toEqual({ 'a.png': 1, 'b.png': 0, 'c.png': 'skipped', 'd.png': null });
    expect(getCounts(project.db)).toMatchObject({ train: 1, validation: 1 });
    expect(told(project, report.importId)).toEqual([['gone.png', 'left-out', 'not-found']]);
    expect(report.notes.join(' ')).toContain('1 row contradicts');
  });

  test.each([
    ['three labels', 'a.png,x\nb.png,y\nc.png,z\n', '3 different labels'],
    ['UTF-16', Buffer.from('path,label\na.png,x\n', 'utf16le'), 'UTF-8'],
    ['one unknown label', 'a.png,x\n', '"x"'],
  ])('%s: refused before anything is imported', async (_, content, message) => {
    const project = newProject(temporaryFolder(), ['no', 'yes']);
    const folder = await put(temporaryFolder(), { 'a.png': 1, 'b.png': 2, 'c.png': 3 });
    writeFileSync(path.join(folder, 'labels.csv'), content);
    await expect(importTable(project, path.join(folder, 'labels.csv'), options)).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringContaining(message) as string,
    });
    expect(getCounts(project.db).total).toBe(0);
    await expect(importTable(project, path.join(folder, 'none.csv'), options)).rejects.toMatchObject({
      code: 'not-found',
    });
  });
});

describe('while it runs', () => {
  test('reports progress at most ten times a second, and the end', async () => {
    const project = newProject();
    // Several times as many as are examined at once.
    const total = 60 * availableParallelism();
    const files = Object.fromEntries(Array.from({ length: total }, (_, index) => [`${index}.png`, index]));
    const folder = await put(temporaryFolder(), files);
    const seen: (ImportProgress & { at: number })[] = [];
    await importFolder(project, folder, {
      inspect: async (file, signal) => {
        await new Promise((resolve) => setTimeout(resolve, 60));
        return decode(file, signal);
      },
      onProgress: (progress) => seen.push({ ...progress, at: performance.now() }),
    });
    const reading = seen.filter(({ stage }) => stage === 'reading');
    expect(reading.length).toBeGreaterThan(3);
    expect(reading.at(-1)).toMatchObject({ fraction: 1, done: total, total, leftMs: 0 });
    expect(reading.length).toBeLessThanOrEqual(2 + (reading.at(-1)!.at - reading[0]!.at) / 100);
    expect(reading.some(({ leftMs }) => leftMs !== null && leftMs > 0)).toBe(true);
  });

  test('cancelled, it keeps imported pictures and can be repeated', async () => {
    const project = newProject();
    const files = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`${index}.png`, index]));
    const folder = await put(temporaryFolder(), files);
    const abort = new AbortController();
    let seen = 0;
    const report = await importFolder(project, folder, {
      signal: abort.signal,
      inspect: async (file, signal) => {
        const found = await decode(file, signal);
        if (++seen === 15) abort.abort();
        signal.throwIfAborted();
        return found;
      },
    });
    expect(report.status).toBe('cancelled');
    expect(report.added).toBe(getCounts(project.db).total);
    expect(report.added).toBeLessThan(40);
    const again = await importFolder(project, folder, options);
    expect(again.added + report.added).toBe(40);
  });

  test('a failure of the system ends it, and imported pictures are kept', async () => {
    const project = newProject();
    const files = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`${index}.png`, index]));
    const folder = await put(temporaryFolder(), files);
    let seen = 0;
    const inspect: Inspect = (file, signal) =>
      ++seen > 20 ? Promise.reject(new TwofoldError('disk-full', 'The disk is full.')) : decode(file, signal);
    await expect(importFolder(project, folder, { inspect })).rejects.toMatchObject({ code: 'disk-full' });
    const [report] = listImports(project.db);
    expect(report).toMatchObject({ status: 'failed', added: getCounts(project.db).total });
    expect(report!.added).toBeGreaterThan(0);
    expect(await importFolder(project, folder, options)).toMatchObject({ added: 30 - report!.added });
  });

  test('the order of pictures does not depend on which was decoded first', async () => {
    const project = newProject();
    const folder = await put(temporaryFolder(), { 'a.png': 1, 'b.png': 1, 'c.png': 2, 'd.png': 3 });
    await importFolder(project, folder, {
      inspect: async (file, signal) => {
        await new Promise((resolve) => setTimeout(resolve, file.endsWith('a.png') ? 200 : 1));
        return decode(file, signal);
      },
    });
    expect(all(project).map(({ name }) => name)).toEqual(['a.png', 'c.png', 'd.png']);
  });
});

test.skipIf(process.platform !== 'linux')('a name that is not UTF-8 is reported, not fatal', async () => {
  const project = newProject();
  const folder = mkdtempSync(path.join(temporaryFolder(), 'odd-'));
  const good = await putPicture(path.join(folder, 'a.png'), 1);
  copyFileSync(
    good,
    Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0xff, 0xfe]), Buffer.from('.png')]),
  );
  const report = await importFolder(project, folder, options);
  expect(report).toMatchObject({ added: 1, leftOut: 1 });
  rmSync(good);
});

test('a picture is recognised by its content, whatever its name', async () => {
  const project = newProject();
  const folder = temporaryFolder();
  const wide = sharp(Buffer.alloc(300 * 40 * 3, 99), { raw: { width: 300, height: 40, channels: 3 } });
  writeFileSync(path.join(folder, 'wide.webp'), await wide.webp().toBuffer());
  await importFolder(project, folder, options);
  expect(all(project)[0]).toMatchObject({ width: 300, height: 40, format: 'webp' });
});
