import { randomBytes } from 'node:crypto';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, onTestFinished, test } from 'vitest';
import { backUpNow, listBackups } from '../../main/library/database/backup.ts';
import {
  classByName,
  classesAreNamed,
  getClasses,
  nameClasses,
  setClasses,
} from '../../main/library/labels/classes.ts';
import { openDatabase } from '../../main/library/database/database.ts';
import { importFolder } from '../../main/library/import/import.ts';
import { explainLabel, setLabels, undo } from '../../main/library/labels/labels.ts';
import { MIGRATIONS } from '../../main/library/database/migrations/index.ts';
import { schemaVersion } from '../../main/library/database/migrate.ts';
import { removePictures } from '../../main/library/labels/removal.ts';
import { getCounts, getPictures, setSplit } from '../../main/library/pictures/pictures.ts';
import { listFolders } from '../../main/library/reading/folders.ts';
import { getRunPictures } from '../../main/library/runs/predictions.ts';
import {
  closeProject,
  createProject,
  isProject,
  openProject,
  projectFolder,
  type Project,
} from '../../main/library/project.ts';
import { getSettings, updateSettings } from '../../main/library/settings.ts';
import { run, value } from '../../main/library/database/sql.ts';
import { TwofoldError } from '../../shared/errors.ts';
import { DEFAULT_RECIPE } from '../../shared/recipe.ts';
import { fillLibrary } from '../bench/library-rows.ts';
import { decode, newProject, putPicture, temporaryFolder } from '../kit/library.ts';

/** The failure of an operation as a person sees it. */
function failure(work: () => unknown): { code: string; message: string } {
  try {
    work();
  } catch (error) {
    if (error instanceof TwofoldError) return { code: error.code, message: error.message };
    throw error;
  }
  throw new Error('It did not fail.');
}

function reopen(project: Project): Project {
  closeProject(project);
  const opened = openProject(project.folder);
  onTestFinished(() => closeProject(opened));
  return opened;
}

describe('creating and opening', () => {
  test('a name without the suffix means the folder with it', () => {
    const folder = temporaryFolder();
    const project = createProject(path.join(folder, 'deep', 'birds'), { classes: ['finch', 'owl'] });
    closeProject(project);
    expect(project.folder).toBe(path.join(folder, 'deep', 'birds.twofold'));
    expect(project.name).toBe('birds');
    for (const given of ['birds', 'birds.twofold', 'birds.twofold/library.db']) {
      const opened = openProject(path.join(folder, 'deep', given));
      expect(opened.id).toBe(project.id);
      expect(getClasses(opened.db).map(({ name }) => name)).toEqual(['finch', 'owl']);
      closeProject(opened);
    }
    renameSync(project.folder, path.join(folder, 'renamed'));
    expect(projectFolder(path.join(folder, 'renamed'))).toBe(path.join(folder, 'renamed'));
    expect(isProject(path.join(folder, 'renamed'))).toBe(true);
    expect(isProject(path.join(folder, 'other'))).toBe(false);
  });

  test('nothing that exists is overwritten', () => {
    const folder = temporaryFolder();
    const project = newProject(folder);
    expect(failure(() => createProject(project.folder)).code).toBe('exists');
    mkdirSync(path.join(folder, 'full.twofold'));
    writeFileSync(path.join(folder, 'full.twofold', 'notes.txt'), 'mine');
    expect(failure(() => createProject(path.join(folder, 'full'))).code).toBe('exists');
    writeFileSync(path.join(folder, 'file.twofold'), '');
    expect(failure(() => createProject(path.join(folder, 'file'))).code).toBe('exists');
    mkdirSync(path.join(folder, 'empty.twofold'));
    closeProject(createProject(path.join(folder, 'empty')));
  });

  test('a project whose creation was interrupted can be created again', () => {
    const folder = path.join(temporaryFolder(), 'half.twofold');
    mkdirSync(folder);
    writeFileSync(path.join(folder, 'library.db'), '');
    expect(failure(() => openProject(folder)).code).toBe('corrupt');
    closeProject(createProject(folder));
  });

  test('a folder that is not a project is refused with a message', () => {
    const folder = temporaryFolder();
    expect(failure(() => openProject(path.join(folder, 'nothing')))).toMatchObject({ code: 'not-found' });
    mkdirSync(path.join(folder, 'a.twofold'));
    const other = new Database(path.join(folder, 'a.twofold', 'library.db'));
    other.exec('CREATE TABLE songs (id INTEGER PRIMARY KEY)');
    other.close();
    expect(failure(() => openProject(path.join(folder, 'a')))).toMatchObject({
      code: 'bad-input',
      message: expect.stringContaining('another program') as string,
    });
  });

  test('changes are written with settings that survive a power cut', () => {
    const { db } = newProject();
    expect(db.pragma('journal_mode', { simple: true })).toBe('wal');
    expect(db.pragma('synchronous', { simple: true })).toBe(2);
    expect(db.pragma('foreign_keys', { simple: true })).toBe(1);
  });
});

describe('damage', () => {
  const filled = (): Project => {
    const project = newProject();
    fillLibrary(project, 2000);
    closeProject(project);
    return project;
  };
  const library = (project: Project): string => path.join(project.folder, 'library.db');

  test.each([
    ['with random bytes in the middle', (file: string) => scribble(file, 0.5)],
    ['with random bytes over the schema', (file: string) => scribble(file, 0.002)],
    ['cut off', (file: string) => truncateSync(file, Math.floor(statSync(file).size / 2 / 4096) * 4096)],
    ['cut off within a page', (file: string) => truncateSync(file, Math.floor(statSync(file).size / 2) + 77)],
    ['emptied', (file: string) => truncateSync(file, 0)],
    ['that is another file', (file: string) => writeFileSync(file, 'path,label\n')],
  ])('a library %s is refused with a way out', (_, damage) => {
    const project = filled();
    damage(library(project));
    const bytes = readFileSync(library(project));
    const { code, message } = failure(() => openProject(project.folder));
    expect(code).toBe('corrupt');
    expect(message).toContain(library(project));
    expect(message).toContain('There is no backup');
    expect(readFileSync(library(project)).equals(bytes)).toBe(true);
  });

  test('a backup is named, and opens when it is copied over the damaged library', () => {
    const project = newProject();
    fillLibrary(project, 50);
    const backup = backUpNow(project.db, schemaVersion(project.db));
    closeProject(project);
    truncateSync(library(project), 5000);
    expect(failure(() => openProject(project.folder)).message).toContain(backup);
    for (const suffix of ['-wal', '-shm']) rmSync(library(project) + suffix, { force: true });
    copyFileSync(backup, library(project));
    const opened = openProject(project.folder);
    expect(getCounts(opened.db).total).toBe(50);
    closeProject(opened);
  });

  test('the newest five backups are kept', () => {
    const { db, folder } = newProject();
    fillLibrary({ db, folder } as Project, 100);
    for (let index = 0; index < 6; index++) backUpNow(db, 2);
    const backups = listBackups(folder);
    expect(backups).toHaveLength(5);
    expect(readdirSync(path.join(folder, 'backups'))).toHaveLength(5);
    const copy = new Database(backups[0], { readonly: true });
    expect(copy.prepare('SELECT count(*) FROM pictures').pluck().get()).toBe(100);
    copy.close();
  });

  function scribble(file: string, at: number): void {
    const bytes = readFileSync(file);
    const start = Math.floor(bytes.length * at);
    randomBytes(6000).copy(bytes, start, 0, Math.min(6000, bytes.length - start));
    writeFileSync(file, bytes);
  }
});

describe('versions', () => {
  /** A library as the first version left it, with pictures and labels. */
  function firstVersion(): string {
    const folder = path.join(temporaryFolder(), 'old.twofold');
    mkdirSync(folder);
    const file = path.join(folder, 'library.db');
    const db = openDatabase(file, { create: true, migrations: MIGRATIONS.slice(0, 1) });
    db.exec(`
      INSERT INTO project VALUES (1, 'old-id', 1700000000000, '${folder}');
      INSERT INTO classes VALUES (0, 'cats', '#111111', 1), (1, 'dogs', '#222222', 1);
      INSERT INTO directories VALUES (1, '/pictures', '../pictures', 'pictures');
      INSERT INTO label_batches VALUES (1, 1700000000001, 'mouse', 'set', NULL, 'done');
      INSERT INTO pictures VALUES (1, 1, 'a.jpg', 'a', 'a.jpg', '${'ab'.repeat(32)}', 10, 20, 30, 40, 'jpeg', 50, NULL, 'train', NULL, 1, 1);
      INSERT INTO label_events VALUES (1, 1, 1, NULL, NULL);
    `);
    db.close();
    return folder;
  }

  test('an older library is backed up and brought up to date with everything in it', () => {
    const folder = firstVersion();
    const project = openProject(folder);
    onTestFinished(() => closeProject(project));
    expect(schemaVersion(project.db)).toBe(MIGRATIONS.at(-1)!.version);
    expect(project.id).toBe('old-id');
    expect(getPictures(project.db, [1])[0]).toMatchObject({
      path: '/pictures/a.jpg',
      label: 1,
      split: 'train',
    });
    expect(value(project.db, 'SELECT count(*) FROM runs')).toBe(0);
    const [backup] = listBackups(folder);
    const old = new Database(backup, { readonly: true });
    expect(old.pragma('user_version', { simple: true })).toBe(1);
    expect(old.prepare('SELECT name FROM pictures').pluck().get()).toBe('a.jpg');
    old.close();
  });

  /** A library of the second version: pictures on both sides of the split, a run with what it predicted. */
  function secondVersion(): string {
    const folder = firstVersion();
    const db = openDatabase(path.join(folder, 'library.db'), { migrations: MIGRATIONS.slice(0, 2) });
    const picture = (id: number, split: string): string =>
      `(${id}, 1, '${id}.jpg', '${id}', '${id}.jpg', '${String(id).repeat(64)}', 10, 20, 30, 40, 'jpeg', 50, NULL, ${split}, NULL, 1, 1)`;
    db.exec(`
      INSERT INTO pictures VALUES ${picture(2, "'validation'")}, ${picture(3, 'NULL')};
      INSERT INTO label_events VALUES (1, 2, 1, NULL, NULL), (1, 3, 1, NULL, NULL);
      INSERT INTO runs (status, process, recipe, classes, created_at_ms, best_epoch)
        VALUES ('done', 'host 1', '{}', '["cats", "dogs"]', 1700000000002, 3);
      INSERT INTO run_pictures VALUES (1, 1, 'train', NULL, 0.25), (1, 2, 'validation', 0.75, NULL), (1, 3, NULL, 0.5, NULL);
    `);
    db.close();
    return folder;
  }

  test('a library without a test set gets one, and keeps its splits, labels, history and runs', () => {
    const project = openProject(secondVersion());
    onTestFinished(() => closeProject(project));
    const { db } = project;
    const splits = (): unknown[] => getPictures(db, [1, 2, 3]).map(({ label, split }) => [label, split]);
    expect(splits()).toEqual([
      [1, 'train'],
      [1, 'validation'],
      [1, null],
    ]);
    expect(explainLabel(db, 2)).toHaveLength(1);
    expect(getRunPictures(db, 'r1', [1, 2, 3])).toEqual([
      { id: 1, split: 'train', probability: null, outOfSample: 0.25 },
      { id: 2, split: 'validation', probability: 0.75, outOfSample: null },
      { id: 3, split: null, probability: 0.5, outOfSample: null },
    ]);
    expect(setSplit(db, [2, 3], 'test')).toBe(2);
    expect(splits().slice(1)).toEqual([
      [1, 'test'],
      [1, 'test'],
    ]);
    expect(getCounts(db)).toMatchObject({ train: 1, validation: 0, test: 2, testClasses: [0, 2] });
    expect(() => setSplit(db, [3], 'exam' as 'test')).toThrow('CHECK');
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
    removePictures(db, [1], 'mouse');
    expect(getRunPictures(db, 'r1', [1, 2, 3]).map(({ id }) => id)).toEqual([2, 3]);
    expect(undo(db, 'mouse')?.restored).toEqual([1]);
    expect(getRunPictures(db, 'r1', [1, 2, 3]).map(({ id }) => id)).toEqual([1, 2, 3]);
  });

  test('a migration that fails changes nothing', () => {
    const file = path.join(firstVersion(), 'library.db');
    const broken = { version: 2, sql: 'CREATE TABLE half (id INTEGER); SELECT nonsense FROM nowhere;' };
    expect(() => openDatabase(file, { migrations: [MIGRATIONS[0]!, broken] })).toThrow('nowhere');
    const db = new Database(file, { readonly: true });
    expect(db.pragma('user_version', { simple: true })).toBe(1);
    expect(db.prepare(`SELECT count(*) FROM sqlite_schema WHERE name = 'half'`).pluck().get()).toBe(0);
    db.close();
  });

  test('a newer library is refused and left as it is', () => {
    const project = newProject();
    project.db.pragma('user_version = 99');
    closeProject(project);
    const before = readFileSync(path.join(project.folder, 'library.db'));
    const { code, message } = failure(() => openProject(project.folder));
    expect(code).toBe('newer-version');
    expect(message).toContain('99');
    expect(readFileSync(path.join(project.folder, 'library.db')).equals(before)).toBe(true);
    expect(failure(() => openProject(project.folder, { readOnly: true })).code).toBe('newer-version');
  });

  test('each migration has a file with its number, in ascending order and without gaps', () => {
    const files = readdirSync('main/library/database/migrations').filter((name) => /^\d{4}-/.test(name));
    expect(MIGRATIONS.map(({ version }) => version)).toEqual(
      files.sort().map((name) => Number(name.slice(0, 4))),
    );
    expect(MIGRATIONS.map(({ version }) => version)).toEqual(MIGRATIONS.map((_, index) => index + 1));
  });
});

describe('a project that moves', () => {
  async function projectBesidePictures(): Promise<{ folder: string; project: Project }> {
    const folder = temporaryFolder();
    const home = path.join(folder, 'home');
    await putPicture(path.join(home, 'photos', 'a.png'), 1);
    const project = newProject(home);
    await importFolder(project, path.join(home, 'photos'), { inspect: decode });
    closeProject(project);
    return { folder, project };
  }
  const pathsOf = (folder: string): string[] => {
    const project = openProject(folder);
    const paths = getPictures(project.db, [1, 2]).map((picture) => picture.path);
    closeProject(project);
    return paths;
  };

  test('alone keeps its pictures where they are', async () => {
    const { folder, project } = await projectBesidePictures();
    const moved = path.join(folder, 'elsewhere.twofold');
    renameSync(project.folder, moved);
    expect(pathsOf(moved)).toEqual([path.join(folder, 'home', 'photos', 'a.png')]);
  });

  test('together with its pictures finds them at the new location', async () => {
    const { folder } = await projectBesidePictures();
    renameSync(path.join(folder, 'home'), path.join(folder, 'new'));
    expect(pathsOf(path.join(folder, 'new', 'pets'))).toEqual([path.join(folder, 'new', 'photos', 'a.png')]);
    // And back again, through another place.
    cpSync(path.join(folder, 'new'), path.join(folder, 'copy'), { recursive: true });
    rmSync(path.join(folder, 'new'), { recursive: true });
    expect(pathsOf(path.join(folder, 'copy', 'pets'))).toEqual([
      path.join(folder, 'copy', 'photos', 'a.png'),
    ]);
  });

  test('with pictures inside uses its own even if the old ones still exist', async () => {
    const folder = temporaryFolder();
    const project = newProject(folder);
    await putPicture(path.join(project.folder, 'samples', 'a.png'), 1);
    await importFolder(project, path.join(project.folder, 'samples'), { inspect: decode });
    closeProject(project);
    cpSync(project.folder, path.join(folder, 'twin.twofold'), { recursive: true });
    expect(pathsOf(path.join(folder, 'twin'))).toEqual([
      path.join(folder, 'twin.twofold', 'samples', 'a.png'),
    ]);
    expect(pathsOf(project.folder)).toEqual([path.join(project.folder, 'samples', 'a.png')]);
  });
});

describe('reading only', () => {
  test('sees everything and changes nothing', () => {
    const project = newProject();
    fillLibrary(project, 10);
    setLabels(project.db, [1], 1, 'mouse');
    closeProject(project);
    const before = readdirSync(project.folder);
    const opened = openProject(project.folder, { readOnly: true });
    expect(getCounts(opened.db)).toMatchObject({ total: 10, classes: [0, 1] });
    expect(failure(() => setLabels(opened.db, [1], 0, 'cli')).code).toBe('read-only');
    closeProject(opened);
    expect(readdirSync(project.folder)).toEqual(before);
  });

  test('sees what a program that has it open has just changed, and the next change too', () => {
    const project = newProject();
    fillLibrary(project, 10);
    expect(existsSync(path.join(project.folder, 'library.db-wal'))).toBe(true);
    const opened = openProject(project.folder, { readOnly: true });
    onTestFinished(() => closeProject(opened));
    expect(getCounts(opened.db).total).toBe(10);
    setLabels(project.db, [1, 2], 1, 'mouse');
    expect(getCounts(opened.db).classes).toEqual([0, 2]);
    expect(failure(() => setLabels(opened.db, [1], 0, 'cli')).code).toBe('read-only');
  });
});

describe('classes and settings', () => {
  test('classes can be renamed and coloured, but not given equal or reserved names', () => {
    const { db } = newProject();
    expect(classesAreNamed(db)).toBe(false);
    nameClasses(db, [' cats ', 'dogs']);
    const [zero, one] = getClasses(db);
    setClasses(db, [zero, { ...one, color: '#00ff00' }]);
    const change = (given: object) => (): void => setClasses(db, [{ ...zero, ...given }, one]);
    expect(getClasses(db)[0].name).toBe('cats');
    expect(getClasses(db)[1]).toEqual({ name: 'dogs', color: '#00ff00' });
    expect(classesAreNamed(db)).toBe(true);
    expect(classByName(db, 'DOGS')).toBe(1);
    expect(classByName(db, 'birds')).toBeNull();
    expect(failure(change({ name: 'Dogs' })).message).toContain('two different names');
    expect(failure(change({ name: '  ' })).code).toBe('bad-input');
    expect(failure(change({ name: 'skipped' })).code).toBe('bad-input');
    expect(failure(change({ color: 'red' })).code).toBe('bad-input');
  });

  test('settings are kept one by one, and unreadable ones are their defaults', () => {
    const project = newProject();
    expect(getSettings(project.db).recipe).toEqual(DEFAULT_RECIPE);
    updateSettings(project.db, { gridSizePx: 200, brush: null });
    updateSettings(project.db, { recipe: { ...DEFAULT_RECIPE, epochs: 3 } });
    run(project.db, `INSERT INTO settings VALUES ('threshold', '"high"'), ('ofTomorrow', '1')`);
    const { db } = reopen(project);
    expect(getSettings(db)).toMatchObject({
      gridSizePx: 200,
      brush: null,
      threshold: 0.5,
      recipe: { epochs: 3 },
    });
  });

  test('ids of removed pictures are not used again', () => {
    const project = newProject();
    fillLibrary(project, 5);
    removePictures(project.db, [1, 2, 3, 4, 5, 6], 'mouse');
    expect(getCounts(project.db).total).toBe(0);
    expect(listFolders(project.db)).toEqual([]);
    fillLibrary(project, 1);
    expect(getPictures(project.db, [6])).toHaveLength(1);
    // Another picture has taken the place of picture 1.
    expect(undo(project.db, 'mouse')?.restored).toHaveLength(5);
    expect(getPictures(project.db, [1, 2]).map(({ problem }) => problem)).toEqual(['missing', null]);
  });
});
