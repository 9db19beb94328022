import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { bmp } from '../kit/library.ts';
import { AppUnderTest } from '../kit/window/harness.ts';

/** Folders as people have them, opened in the window: what the import card says, and what comes of it. */

const WAIT = { timeout: 60_000 };
let home: string;
let app: AppUnderTest;
let number = 0;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'twofold-folders-'));
});

afterEach(async () => {
  expect(await app.close()).toEqual([]);
});

afterAll(() => rm(home, { recursive: true, force: true }));

/** Puts pictures (and other files, by their ending) into a folder and opens it in a window without a project. */
async function openFolder(name: string, ...files: string[]): Promise<string> {
  const folder = join(home, name);
  for (const file of files) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), file.endsWith('.bmp') ? bmp(++number) : 'text');
  }
  app = await AppUnderTest.launch({ home, size: [1280, 800] });
  await app.answerDialog([folder]);
  await app.clickMenu('open-folder');
  return folder;
}

const card = (text: string): Promise<void> =>
  app.page.locator('.card[role=status]').getByText(text, { exact: true }).waitFor(WAIT);

describe('opening a folder', () => {
  it('says which layout was read, what went where and what was skipped', async () => {
    await openFolder(
      'flags',
      ...[
        'train/cat/1.bmp',
        'train/dog/2.bmp',
        'valid/Cat/3.bmp',
        'valid/dog/4.bmp',
        'test/5.bmp',
        'test/6.bmp',
      ],
      ...['train/cat/notes.txt', 'clip.mp4', 'broken.jpg'],
    );
    await card('6 pictures added, 4 labelled.');
    await card(
      'Classes by folder: "cat" and "dog". Training set: "train". Validation set: "valid". Test set: "test".',
    );
    await card('Training set: 1 "cat", 1 "dog". Validation set: 1 "cat", 1 "dog". Test set: 2 unlabelled.');
    await card('Skipped: 1 unreadable, 2 not pictures (1 .mp4, 1 .txt).');
    await card('2 test pictures in no class folder: no label.');
    expect(await app.accessibility()).toEqual([]);
    await app.screenshots('import-card', [[1280, 800]]);
    expect(await app.call('pictures.counts')).toMatchObject({
      train: 2,
      validation: 2,
      test: 2,
      classes: [2, 2],
    });
  });

  it('asks whether split folders without class folders are the classes', async () => {
    await openFolder('trains', 'train/1.bmp', 'test/2.bmp');
    await card('No class folders found. Training set: "train". Test set: "test".');
    await app.screenshots('import-card-question', [[1280, 800]]);
    expect(await app.call('pictures.counts')).toMatchObject({ train: 1, test: 1, unlabelled: 2 });
    await app.page.getByRole('button', { name: 'Use as classes' }).click();
    await card('0 pictures added, 2 labelled, 2 already in the project.');
    expect(await app.call('pictures.counts')).toMatchObject({ train: 0, test: 0, classes: [1, 1] });
    const project = await app.call('project.current');
    expect(project?.classes.map(({ name }) => name)).toEqual(['test', 'train']);
  });

  it('creates no project if there is nothing to import, and says why', async () => {
    const folder = await openFolder('films', 'a.mp4', 'b.mp4', 'c.svg');
    const notice = app.page.getByText(
      /^Skipped: 3 not pictures \(2 \.mp4, 1 \.svg\)\. .* no project was created/,
    );
    await notice.waitFor(WAIT);
    await app.page.getByRole('button', { name: 'Open a folder of pictures' }).waitFor();
    await app.screenshots('import-nothing', [[1280, 800]]);
    expect(existsSync(`${folder}.twofold`)).toBe(false);
    expect(await app.call('project.current')).toBeNull();
    expect((await app.call('project.recent')).map(({ name }) => name)).not.toContain('films');
  });
});
