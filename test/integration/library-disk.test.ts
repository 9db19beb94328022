import { execFileSync } from 'node:child_process';
import { readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, onTestFinished, test, type TestContext } from 'vitest';
import { importFolder } from '../../main/library/import/import.ts';
import { setLabels } from '../../main/library/labels/labels.ts';
import { getCounts, getPictures } from '../../main/library/pictures/pictures.ts';
import { closeProject, createProject, openProject } from '../../main/library/project.ts';
import { listPictureIds } from '../../main/library/reading/grid.ts';
import type { ClassIndex } from '../../shared/library/labels.ts';
import { fillLibrary } from '../bench/library-rows.ts';
import { decode, putMany, temporaryFolder } from '../kit/library.ts';

/** A disk of its own, of so many KiB; the test is skipped, and says why, where we may not mount one. */
function disk(context: TestContext, sizeKib: number): { folder: string; remount: (options: string) => void } {
  const folder = temporaryFolder();
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeKib}k`, 'tmpfs', folder], { stdio: 'pipe' });
  } catch (error) {
    context.skip(`Mounting a small disk needs root on Linux: ${String(error).split('\n')[0]}`);
  }
  onTestFinished(() => {
    execFileSync('umount', ['-l', folder]);
  });
  return { folder, remount: (options) => execFileSync('mount', ['-o', `remount,${options}`, folder]) };
}

describe('a full disk', () => {
  test('while labelling: a clear error, and every acknowledged label is stored', (context) => {
    const { folder, remount } = disk(context, 3000);
    const project = createProject(path.join(folder, 'full'));
    fillLibrary(project, 300);
    const acknowledged = new Map<number, ClassIndex>();
    const ids = [...listPictureIds(project.db)];
    const fill = (): void => {
      for (let round = 0; ; round++) {
        const label = (round % 2) as ClassIndex;
        setLabels(project.db, ids, label, 'mouse');
        for (const id of ids) acknowledged.set(id, label);
      }
    };
    writeFileSync(path.join(folder, 'ballast'), Buffer.alloc(900_000));
    expect(fill).toThrow(expect.objectContaining({ code: 'disk-full' }) as Error);
    expect(acknowledged.size).toBe(300);
    const expectThere = (db = project.db): void => {
      for (const { id, label } of getPictures(db, ids)) expect(label).toBe(acknowledged.get(id));
    };
    expectThere();
    closeProject(project);
    rmSync(path.join(folder, 'ballast'));
    remount('size=8000k');
    const opened = openProject(project.folder);
    onTestFinished(() => closeProject(opened));
    expectThere(opened.db);
    expect(setLabels(opened.db, [ids[0]!], 'skipped', 'mouse').changes).toHaveLength(1);
  });

  test('while importing: what was imported stays, and the rest follows when there is room', async (context) => {
    const { folder, remount } = disk(context, 700);
    const pictures = putMany(temporaryFolder(), 1500);
    const project = createProject(path.join(folder, 'full'));
    await expect(importFolder(project, pictures, { inspect: decode })).rejects.toMatchObject({
      code: 'disk-full',
    });
    closeProject(project);
    remount('size=8000k');
    const opened = openProject(project.folder);
    onTestFinished(() => closeProject(opened));
    const { total } = getCounts(opened.db);
    const report = await importFolder(opened, pictures, { inspect: decode });
    expect(report).toMatchObject({ added: 1500 - total, alreadyThere: total });
  });

  test('when a project is closed: it is closed, and all is there', async (context) => {
    const { folder, remount } = disk(context, 3000);
    const project = createProject(path.join(folder, 'full'));
    await importFolder(project, putMany(temporaryFolder(), 300), { inspect: decode });
    expect(() => writeFileSync(path.join(folder, 'ballast'), Buffer.alloc(3_000_000))).toThrow('ENOSPC');
    closeProject(project);
    remount('size=8000k');
    const opened = openProject(project.folder);
    onTestFinished(() => closeProject(opened));
    expect(getCounts(opened.db).total).toBe(300);
  });

  test('while creating a project: nothing is left behind', (context) => {
    const { folder } = disk(context, 48);
    expect(() => createProject(path.join(folder, 'none'))).toThrow(
      expect.objectContaining({ code: 'disk-full' }) as Error,
    );
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('a read-only disk', () => {
  test('a project on it is refused for writing, and opened for reading', (context) => {
    const { folder, remount } = disk(context, 4000);
    const project = createProject(path.join(folder, 'kept'));
    fillLibrary(project, 20);
    setLabels(project.db, [3], 1, 'mouse');
    closeProject(project);
    remount('ro');
    const before = statSync(path.join(project.folder, 'library.db')).mtimeMs;
    const readOnly = expect.objectContaining({
      code: 'read-only',
      message: expect.stringContaining('copy it to a folder where you may write') as string,
    }) as Error;
    expect(() => openProject(project.folder)).toThrow(readOnly);
    expect(() => createProject(path.join(folder, 'new'))).toThrow(readOnly);
    expect(() => createProject(path.join(folder, 'deep', 'new'))).toThrow(readOnly);
    const opened = openProject(project.folder, { readOnly: true });
    expect(getCounts(opened.db)).toMatchObject({ total: 20, classes: [0, 1] });
    closeProject(opened);
    expect(statSync(path.join(project.folder, 'library.db')).mtimeMs).toBe(before);
  });
});
