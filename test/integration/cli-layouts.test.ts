import { existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { bmp } from '../kit/library.ts';
import { done, run, temporaryFolder } from '../kit/cli.ts';

/** Folders as people have them, imported by the command line: what is said and what comes of it. */

let number = 0;
function put(folder: string, ...files: string[]): string {
  for (const file of files) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), bmp(++number));
  }
  return folder;
}

const newProject = (): string => path.join(temporaryFolder(), 'p.twofold');
const none = { classes: [0, 0], skipped: 0, unlabelled: 0 };

describe('layouts', () => {
  test('train with classes and test without: reported in the summary and in JSON', async () => {
    const folder = put(temporaryFolder(), 'train/cat/1.bmp', 'train/dog/2.bmp', 'test/3.bmp', 'test/4.bmp');
    const { code, stdout } = await run('import', folder, '--project', newProject());
    expect(code).toBe(0);
    expect(stdout.split('\n').slice(0, 4)).toEqual([
      '4 pictures added, 2 labelled.',
      'Classes by folder: "cat" and "dog". Training set: "train". Test set: "test".',
      'Training set: 1 "cat", 1 "dog". Test set: 2 unlabelled.',
      '2 test pictures in no class folder: no label.',
    ]);
    expect(await done('import', folder, '--project', newProject())).toMatchObject({
      layout: 'split',
      classes: ['cat', 'dog'],
      labelled: 2,
      placed: {
        train: { ...none, classes: [1, 1] },
        validation: none,
        test: { ...none, unlabelled: 2 },
        undecided: none,
      },
    });
  });

  test('train, valid and test', async () => {
    const files = ['train', 'valid', 'test'].flatMap((part) => [`${part}/cat/1.bmp`, `${part}/dog/2.bmp`]);
    const project = newProject();
    expect(await done('import', put(temporaryFolder(), ...files), '--project', project)).toMatchObject({
      labelled: 6,
      placed: {
        train: { ...none, classes: [1, 1] },
        validation: { ...none, classes: [1, 1] },
        test: { ...none, classes: [1, 1] },
      },
    });
    expect(await done('labels', project)).toMatchObject({ train: 2, validation: 2, test: 2 });
  });

  test.each([
    ['outer', ['fold1/train/cat/1.bmp', 'fold1/train/dog/2.bmp', 'fold2/test/cat/3.bmp'], 'fold1,fold2'],
    ['inner', ['a/no/1.bmp', 'a/yes/2.bmp', 'b/no/3.bmp', 'b/yes/4.bmp'], 'no,yes'],
  ])(
    '%s folders that were not read as classes are reported, and --classes selects them',
    async (_, files, chosen) => {
      const folder = put(temporaryFolder(), ...files);
      const { stdout } = await run('import', folder, '--project', newProject());
      expect(stdout).toMatch(/ were not (read as classes|used)/);
      expect(stdout).toContain('give a new project these class names before importing');
      expect(await done('import', folder, '--project', newProject(), '--classes', chosen)).toMatchObject({
        classes: chosen.split(','),
        labelled: files.length,
        notes: [],
      });
    },
  );

  test('split folders without classes are reported, with how to use them as classes', async () => {
    const project = newProject();
    const folder = put(temporaryFolder(), 'train/1.bmp', 'test/2.bmp');
    const { stdout } = await run('import', folder, '--project', project);
    expect(stdout).toContain('No class folders found. Training set: "train". Test set: "test".');
    expect(stdout).toContain('If "test" and "train" are your classes, import with --classes test,train.');
    expect(await done('labels', project)).toMatchObject({ train: 1, test: 1, unlabelled: 2 });
  });
});

describe('split folders without classes', () => {
  test('are not offered as classes if the project has its own', async () => {
    const project = newProject();
    const [labelled, divided] = [temporaryFolder(), temporaryFolder()];
    await done('import', put(labelled, 'cat/1.bmp', 'dog/2.bmp'), '--project', project);
    put(divided, 'train/3.bmp', 'test/4.bmp');
    const { code, stdout } = await run('import', divided, '--project', project);
    expect(code).toBe(0);
    expect(stdout).toContain('Training set: "train". Test set: "test".');
    expect(stdout).not.toContain('--classes');
    expect(await done('import', divided, '--project', project)).toMatchObject({ splitFolders: null });
  });
});

describe('names', () => {
  test('classes are one in any case and form of Unicode, across train and val', async () => {
    const [nfc, nfd] = ['Käfer', 'ka\u0308fer'];
    const folder = put(
      temporaryFolder(),
      `train/${nfc}/1.bmp`,
      'train/Biene/2.bmp',
      `val/${nfd}/3.bmp`,
      'val/BIENE/4.bmp',
    );
    const project = newProject();
    expect(await done('import', folder, '--project', project)).toMatchObject({
      labelled: 4,
      classes: ['Biene', nfc],
      notes: [],
    });
    expect(await done('label', project, nfc, path.join(folder, 'val/BIENE/4.bmp'))).toMatchObject({
      changed: 1,
    });
  });

  test('a name that can’t be a class loses its label, but does not fail the import', async () => {
    const folder = put(temporaryFolder(), 'kept/1.bmp', 'skipped/2.bmp');
    const project = newProject();
    const { code, stdout } = await run('import', folder, '--project', project);
    expect(code).toBe(0);
    expect(stdout).toContain('2 pictures added, 1 labelled.');
    expect(stdout).toContain(
      'The folder "skipped" can\'t be a class: "skipped" is reserved for skipped pictures.',
    );
    expect(await done('labels', project)).toMatchObject({
      classes: [{ name: 'kept', count: 1 }, { count: 0 }],
      unlabelled: 1,
    });
    // The class that is still free takes the next name.
    const more = put(temporaryFolder(), 'kept/3.bmp', 'thrown/4.bmp');
    expect(await done('import', more, '--project', project)).toMatchObject({
      classes: ['kept', 'thrown'],
      labelled: 2,
    });
  });
});

describe('what is not imported', () => {
  test('exports of Twofold, wherever they are, also without their card', async () => {
    const folder = put(temporaryFolder(), 'a/1.bmp', 'a/2.bmp', 'b/3.bmp', 'b/4.bmp');
    const project = newProject();
    await done('import', folder, '--project', project);
    const out = path.join(folder, 'a', 'export');
    await done('export', project, '--format', 'folders', '--out', out);
    const again = await done('import', folder, '--project', project);
    expect(again).toMatchObject({
      found: 4,
      alreadyThere: 4,
      duplicates: 0,
      leftOut: 0,
      exports: [out],
      notPictures: 0,
    });
    rmSync(path.join(out, 'card.json'));
    const { stdout } = await run('import', folder, '--project', project);
    expect(stdout).toContain(`Skipped folders exported by Twofold: ${out}.`);
    const alone = newProject();
    const refused = await run('import', out, '--project', alone);
    expect(refused.code).toBe(1);
    expect(refused.stdout).toContain(`Skipped folders exported by Twofold: ${out}.`);
    expect(existsSync(alone)).toBe(false);
  });

  test('a folder inside an export, and links to it', async () => {
    const folder = put(temporaryFolder(), 'train/a/1.bmp', 'train/b/2.bmp', 'val/a/3.bmp', 'val/b/4.bmp');
    const project = newProject();
    await done('import', folder, '--project', project);
    const out = path.join(temporaryFolder(), 'export');
    await done('export', project, '--format', 'folders', '--out', out);
    const link = path.join(temporaryFolder(), 'link');
    symlinkSync(path.join(out, 'train', 'a'), link, 'junction');
    for (const given of [path.join(out, 'train'), path.join(out, 'train', 'a'), link]) {
      const { code, stdout } = await run('import', given, '--project', newProject());
      expect(code).toBe(1);
      expect(stdout).toContain(`Skipped folders exported by Twofold: ${given}.`);
    }
    for (const mark of ['card.json', 'folders.csv']) rmSync(path.join(out, mark));
    expect(await done('import', path.join(out, 'train'), '--project', newProject())).toMatchObject({
      added: 2,
      exports: [],
    });
  });

  test('a folder with another program’s card.json is an ordinary folder', async () => {
    const folder = put(temporaryFolder(), 'a/1.bmp', 'b/2.bmp');
    writeFileSync(path.join(folder, 'card.json'), '{"format": "of-cards"}');
    writeFileSync(path.join(folder, 'folders.csv'), 'path,label\n');
    expect(await done('import', folder, '--project', newProject())).toMatchObject({ added: 2, exports: [] });
  });

  test('files of other kinds, counted by ending; with nothing else, no project stays behind', async () => {
    const folder = temporaryFolder();
    for (const name of ['1.svg', '2.svg', '3.SVG', 'a.mp4', 'b.mp4', 'c.mp4']) {
      writeFileSync(path.join(folder, name), 'nothing');
    }
    const project = path.join(temporaryFolder(), 'new', 'parent', 'p.twofold');
    const { code, stdout } = await run('import', folder, '--project', project);
    expect(code).toBe(1);
    expect(stdout).toContain('Skipped: 6 not pictures (3 .mp4, 3 .svg).');
    expect(stdout).toContain('Nothing was imported, so the new project was removed again.');
    expect(existsSync(path.join(project, '..', '..'))).toBe(false);

    put(folder, 'one.bmp');
    const { stdout: some } = await run('import', folder, '--project', project);
    expect(some).toContain('1 picture added.');
    expect(some).toContain('Skipped: 6 not pictures (3 .mp4, 3 .svg).');
  });

  test('an import that fails removes the project it made, and never one that was there', async () => {
    const folder = temporaryFolder();
    writeFileSync(path.join(folder, 'wrong.csv'), 'path,label\na.png,x\nb.png,y\nc.png,z\n');
    const project = newProject();
    expect((await run('import', '--csv', path.join(folder, 'wrong.csv'), '--project', project)).code).toBe(1);
    expect(existsSync(project)).toBe(false);

    const kept = newProject();
    await done('import', put(temporaryFolder(), 'a/1.bmp', 'b/2.bmp'), '--project', kept);
    const { code, events } = await run('import', folder, '--project', kept, '--json');
    expect(code).toBe(1);
    expect(events.at(-1)!).toMatchObject({ project: kept, found: 0, notPictures: 1 });
    expect(await done('labels', kept)).toMatchObject({ total: 2 });
  });

  test.skipIf(process.platform !== 'linux')('names that are not UTF-8 are reported as such', async () => {
    const folder = put(temporaryFolder(), 'a/1.bmp', 'b/2.bmp');
    const odd = (name: string): Buffer =>
      Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(name, 'latin1')]);
    writeFileSync(odd('a/K\xe4fer.bmp'), bmp(++number));
    writeFileSync(odd('a/K\xe4fer.txt'), 'text');
    mkdirSync(odd('B\xfccher'));
    writeFileSync(odd('B\xfccher/3.bmp'), bmp(++number));
    const { events } = await run('import', folder, '--project', newProject(), '--json');
    expect(events.at(-1)).toMatchObject({ added: 2, labelled: 2, leftOut: 2, notPictures: 1 });
    const items = events.filter(({ event }) => event === 'left-out');
    expect(items.map(({ path: file }) => path.relative(folder, file as string)).sort()).toEqual([
      'B\\xfccher',
      'a/K\\xe4fer.bmp',
    ]);
    for (const { message } of items) expect(message).toMatch(/is not UTF-8/);
  });
});
