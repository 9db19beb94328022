import { mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkFiles } from '../../main/library/pictures/check-files.ts';
import { locate } from '../../main/library/pictures/locate.ts';
import { importFolder } from '../../main/library/import/import.ts';
import {
  exportLabelsCsv,
  importLabelsCsv,
  LABEL_COLUMNS,
  writeLabelsCsv,
} from '../../main/library/labels/labels-csv.ts';
import { setLabels, undo } from '../../main/library/labels/labels.ts';
import { getCounts, getPictures, setSplit } from '../../main/library/pictures/pictures.ts';
import type { Project } from '../../main/library/project.ts';
import { listPictureIds } from '../../main/library/reading/grid.ts';
import type { Progress } from '../../shared/progress.ts';
import { decode, newProject, png, putPicture, temporaryFolder } from '../kit/library.ts';

async function imported(
  count = 5,
): Promise<{ project: Project; folder: string; at: (name: string) => string }> {
  const project = newProject(temporaryFolder(), ['cat', 'dog']);
  const folder = temporaryFolder();
  for (let index = 0; index < count; index++) await putPicture(path.join(folder, `${index}.png`), index);
  await importFolder(project, folder, { inspect: decode });
  return { project, folder, at: (name) => path.join(folder, name) };
}
const state = (project: Project): unknown[] =>
  getPictures(project.db, listPictureIds(project.db)).map(({ name, problem }) => [name, problem]);

describe('checking files', () => {
  test('marks missing and changed files, and clears the marks', async () => {
    const { project, at } = await imported();
    renameSync(at('0.png'), at('away'));
    await putPicture(at('1.png'), 99);
    utimesSync(at('2.png'), 1, 1);
    expect(await checkFiles(project)).toEqual({ checked: 5, ok: 3, missing: 1, changed: 1, found: 0 });
    expect(state(project).slice(0, 3)).toEqual([
      ['0.png', 'missing'],
      ['1.png', 'changed'],
      ['2.png', null],
    ]);
    expect(getCounts(project.db)).toMatchObject({ missing: 1, changed: 1 });
    expect([...listPictureIds(project.db, { filter: { kind: 'problems' } })]).toEqual([1, 2]);
    renameSync(at('away'), at('0.png'));
    writeFileSync(at('1.png'), await png(1));
    const seen: Progress[] = [];
    expect(await checkFiles(project, { onProgress: (progress) => seen.push(progress) })).toMatchObject({
      ok: 5,
    });
    expect(seen.at(-1)).toMatchObject({ fraction: 1, done: 5 });
    expect(getCounts(project.db)).toMatchObject({ missing: 0, changed: 0 });
    rmSync(at('3.png'));
    expect(await checkFiles(project, { ids: Uint32Array.of(1, 2) })).toMatchObject({ checked: 2, ok: 2 });
    expect(await checkFiles(project, { signal: AbortSignal.abort() })).toMatchObject({ checked: 0 });
  });
});

describe('locating pictures', () => {
  test('renamed, moved and exchanged files are found by their content', async () => {
    const { project, folder, at } = await imported();
    setLabels(project.db, [1, 2], 1, 'mouse');
    const elsewhere = path.join(temporaryFolder(), 'archive');
    mkdirSync(elsewhere);
    renameSync(at('0.png'), path.join(elsewhere, 'old name.png'));
    renameSync(at('1.png'), at('t'));
    renameSync(at('2.png'), at('1.png'));
    renameSync(at('t'), at('2.png'));
    rmSync(at('3.png'));
    expect(await locate(project, folder)).toMatchObject({ found: 2, missing: 2, changed: 0 });
    expect(await locate(project, elsewhere)).toMatchObject({ found: 1, missing: 1 });
    expect(state(project)).toEqual([
      ['old name.png', null],
      ['2.png', null],
      ['1.png', null],
      ['3.png', 'missing'],
      ['4.png', null],
    ]);
    expect(getPictures(project.db, [1])[0]).toMatchObject({
      path: path.join(elsewhere, 'old name.png'),
      label: 1,
    });
    await expect(locate(project, at('none'))).rejects.toMatchObject({ code: 'not-found' });
  });

  test('a renamed folder is recognised by the paths in it, without reading files; other moves by content', async () => {
    const home = temporaryFolder();
    const project = newProject();
    const folder = path.join(home, 'traps');
    for (const way of ['a/north', 'a/south', 'b']) mkdirSync(path.join(folder, way), { recursive: true });
    const ways = ['a/north/1.png', 'a/south/1.png', 'b/1.png', 'b/2.png'];
    for (const [index, way] of ways.entries()) writeFileSync(path.join(folder, way), await png(index));
    utimesSync(path.join(folder, 'b/1.png'), 1_700_000_000, 1_700_000_000);
    await importFolder(project, folder, { inspect: decode, mode: 'plain' });
    const at = (...names: string[]): string => path.join(home, ...names);
    const paths = (): string[] =>
      getPictures(project.db, [1, 2, 3, 4]).map((picture) => path.relative(home, picture.path));
    // Unreadable content: only path, size and time can tell.
    mkdirSync(at('archive'));
    renameSync(folder, at('archive', 'traps 2026'));
    const altered = at('archive', 'traps 2026', 'b/1.png');
    writeFileSync(altered, Buffer.alloc(statSync(altered).size));
    utimesSync(altered, 1_700_000_000, 1_700_000_000);
    renameSync(at('archive', 'traps 2026', 'b/2.png'), at('archive', 'traps 2026', 'b/other.png'));
    expect(await locate(project, at('archive', 'traps 2026'))).toMatchObject({ found: 4, missing: 0 });
    expect(paths()).toEqual(
      [...ways.slice(0, 3), 'b/other.png'].map((way) => path.join('archive', 'traps 2026', way)),
    );
    // Where only a part was moved, and another part elsewhere.
    renameSync(at('archive', 'traps 2026', 'a'), at('first'));
    renameSync(at('archive'), at('second'));
    expect(await locate(project, at('first'))).toMatchObject({ found: 2, missing: 2 });
    expect(await locate(project, at('second', 'traps 2026'))).toMatchObject({ found: 2, missing: 0 });
    expect(paths()).toEqual([
      'first/north/1.png',
      'first/south/1.png',
      path.join('second', 'traps 2026', 'b', '1.png'),
      path.join('second', 'traps 2026', 'b', 'other.png'),
    ]);
  });

  test('a picture whose place another one took stays missing, and comes back with its own file', async () => {
    const { project, folder, at } = await imported(2);
    const content = readFileSync(at('1.png'));
    rmSync(at('1.png'));
    renameSync(at('0.png'), at('1.png'));
    expect(await importFolder(project, folder, { inspect: decode })).toMatchObject({ moved: 1 });
    expect(await checkFiles(project)).toMatchObject({ ok: 1, missing: 1, changed: 0 });
    expect(state(project)).toEqual([
      ['1.png', null],
      ['1.png', 'missing'],
    ]);
    writeFileSync(at('back.png'), content);
    expect(await importFolder(project, folder, { inspect: decode })).toMatchObject({ moved: 1, added: 0 });
    expect(state(project)).toEqual([
      ['1.png', null],
      ['back.png', null],
    ]);
  });
});

describe('labels as CSV', () => {
  test('can be exported and imported, found by path or content, as one undo step', async () => {
    const { project, folder, at } = await imported();
    const { db } = project;
    setLabels(db, [1], 0, 'mouse');
    setLabels(db, [2, 3], 1, 'key');
    setLabels(db, [4], 'skipped', 'cli');
    setSplit(db, [2], 'validation');
    const text = exportLabelsCsv(db);
    const rows = text.trimEnd().split('\n');
    expect(rows[0]).toBe(LABEL_COLUMNS.join(','));
    expect(rows[2]).toMatch(new RegExp(`^${at('1.png')},[0-9a-f]{64},dog,validation,20\\d\\d-.*Z,key$`));
    const file = path.join(folder, 'labels.csv');
    expect(await writeLabelsCsv(db, file)).toBe(4);
    expect(readFileSync(file, 'utf8')).toBe(text);

    setLabels(db, [1, 2, 3, 4], null, 'mouse');
    expect(await importLabelsCsv(project, file)).toMatchObject({ changed: 4, problems: [] });
    expect(exportLabelsCsv(db).replace(/,20[^\n]*/g, '')).toBe(text.replace(/,20[^\n]*/g, ''));
    undo(db, 'key');
    expect(getCounts(db).unlabelled).toBe(5);

    const other = await importedAgain(folder);
    expect(await importLabelsCsv(other, file)).toMatchObject({ changed: 4 });
    expect(getCounts(other.db)).toMatchObject({ classes: [1, 2], skipped: 1 });
  });

  test('rows of unknown pictures are reported, and invalid files change nothing', async () => {
    const { project, folder, at } = await imported();
    const file = path.join(folder, 'l.csv');
    writeFileSync(file, `path,label\n0.png,dog\nnone.png,cat\n1.png,\n`);
    const { changed, problems } = await importLabelsCsv(project, file);
    expect(changed).toBe(1);
    expect(problems).toMatchObject([{ path: at('none.png'), code: 'not-found' }]);
    writeFileSync(file, `path,label\n0.png,cat\n1.png,horse\n`);
    await expect(importLabelsCsv(project, file)).rejects.toMatchObject({ code: 'bad-input' });
    expect(getCounts(project.db).classes).toEqual([0, 1]);
  });

  /** The same contents in another folder under other names. */
  async function importedAgain(folder: string): Promise<Project> {
    const project = newProject(temporaryFolder(), ['cat', 'dog']);
    const copy = temporaryFolder();
    for (let index = 0; index < 5; index++) {
      writeFileSync(path.join(copy, `copy ${index}.png`), readFileSync(path.join(folder, `${index}.png`)));
    }
    await importFolder(project, copy, { inspect: decode });
    return project;
  }
});
