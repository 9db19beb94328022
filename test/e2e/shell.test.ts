import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import Database from 'better-sqlite3';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { closeProject, createProject } from '../../main/library/project.ts';
import { startDisplay } from '../kit/window/display.ts';
import { bmp } from '../kit/library.ts';
import { AppUnderTest, electronPath, ROOT } from '../kit/window/harness.ts';
import { dropFiles, dropPaths } from '../kit/window/sample.ts';

const WAIT = { timeout: 60_000 };
const SAMPLES = join(ROOT, '.cache', 'samples');

let home: string;
/** An empty project. */
let ready: string;
let app: AppUnderTest | undefined;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'twofold-shell-'));
  ready = join(home, 'ready.twofold');
  closeProject(createProject(ready));
});

afterEach(async () => {
  const complaints = await app?.close();
  app = undefined;
  expect(complaints ?? []).toEqual([]);
});

afterAll(() => rm(home, { recursive: true, force: true }));

const launch = async (options: Parameters<typeof AppUnderTest.launch>[0] = {}): Promise<AppUnderTest> =>
  (app = await AppUnderTest.launch({ home, ...options }));

/** A few sample pictures in two folders, at a place of their own. */
async function fewPictures(name: string): Promise<string> {
  const folder = join(home, name);
  for (const label of ['flags', 'smileys']) {
    await mkdir(join(folder, label), { recursive: true });
    const from = join(SAMPLES, label);
    for (const file of label === 'flags'
      ? ['albania.png', 'belarus.png']
      : ['alien.png', 'astonished-face.png']) {
      await cp(join(from, file), join(folder, label, file));
    }
  }
  return folder;
}

/** So many that importing them takes a while. */
async function manyPictures(name: string): Promise<string> {
  const folder = join(home, name);
  await mkdir(folder);
  for (let n = 0; n < 3000; n++) await writeFile(join(folder, `${n}.bmp`), bmp(n));
  return folder;
}

const count = (running: AppUnderTest): Promise<number> =>
  running.call('pictures.counts').then(
    ({ total }) => total,
    () => -1,
  );

describe('the first start', () => {
  it('offers what to do next, passes the accessibility check, and looks right in every size', async () => {
    const { page } = await launch();
    for (const name of ['Open a folder of pictures', 'Open a project', 'Try the sample pictures']) {
      await page.getByRole('button', { name }).waitFor();
    }
    expect(await page.getByRole('button', { name: 'Library' }).isDisabled()).toBe(true);
    expect(await app!.accessibility()).toEqual([]);
    await app!.screenshots('welcome');
  });

  it('can be gone through with the keyboard alone', async () => {
    const { page } = await launch();
    await page.getByRole('button', { name: 'Open a folder of pictures' }).waitFor();
    await app!.answerDialog(null);
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toContain('Open a folder');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toContain('sample pictures');
    const outline = await page.evaluate('getComputedStyle(document.activeElement).outlineStyle');
    expect(outline).toBe('solid');
  });
});

describe('opening', () => {
  it('creates a project beside a folder chosen in the dialog, and imports it with its labels', async () => {
    const folder = await fewPictures('chosen');
    await launch();
    await app!.answerDialog([folder]);
    await app!.page.getByRole('button', { name: 'Open a folder of pictures' }).click();
    await expect.poll(() => count(app!), WAIT).toBe(4);
    const project = await app!.call('project.current');
    expect(project).toMatchObject({ folder: `${folder}.twofold`, name: 'chosen' });
    expect(project!.classes.map(({ name }) => name)).toEqual(['flags', 'smileys']);
    expect(await app!.page.title()).toBe('chosen – Twofold');
  });

  it('creates it in the documents folder if the place beside the pictures is not writable', async () => {
    const folder = '/proc/self/task';
    await launch();
    const { project } = await app!.call('project.openFolder', { folder });
    expect(project.folder).toBe(join(app!.documents, 'task.twofold'));
  });

  it('takes a project or folder from the command line', async () => {
    await launch({ args: [ready] });
    await expect.poll(() => app!.page.title(), WAIT).toBe('ready – Twofold');
  });

  it('passes the folder of a second instance to the first, and ends the second', async () => {
    await launch();
    const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
    await promisify(execFile)(electronPath(), [...sandbox, ROOT, ready], {
      env: {
        ...process.env,
        DISPLAY: await startDisplay(),
        TWOFOLD_HOME: home,
        TWOFOLD_DOCUMENTS: app!.documents,
      },
      timeout: 30_000,
    });
    await expect.poll(() => app!.page.title(), WAIT).toBe('ready – Twofold');
  });

  it('lists recent projects, latest first, and removes one from the list without changing it', async () => {
    const { page } = await launch();
    await app!.call('project.create', { folder: join(app!.documents, 'other') });
    await app!.call('project.open', { folder: ready });
    await app!.call('project.close');
    const recent = page.getByRole('region', { name: 'Recent projects' });
    await recent.getByRole('button', { name: /^ready/ }).waitFor();
    const names = (await app!.call('project.recent')).map(({ name }) => name);
    expect(names.slice(0, 2)).toEqual(['ready', 'other']);
    await recent.getByText('4 pictures, 4 labelled').waitFor();
    const drawn = `[...document.querySelectorAll('canvas')].some((one) => one.width > 100)`;
    await expect.poll(() => page.evaluate(drawn), WAIT).toBe(true);
    await app!.screenshots('welcome-recent');
    await recent.getByRole('button', { name: 'Remove other from the list' }).click();
    await recent.getByRole('button', { name: /^other/ }).waitFor({ state: 'detached' });
    await recent.getByRole('button', { name: /^ready/ }).click();
    await expect.poll(() => page.title()).toBe('ready – Twofold');
  });

  it('creates a project beside two class folders that are dropped together', async () => {
    const folder = await fewPictures('dropped');
    await launch();
    await dropPaths(
      app!,
      ['flags', 'smileys'].map((name) => join(folder, name)),
    );
    await expect.poll(() => count(app!), WAIT).toBe(4);
    expect((await app!.call('project.current'))!.folder).toBe(join(folder, 'flags, smileys.twofold'));
    expect((await app!.call('pictures.counts')).classes).toEqual([2, 2]);
    expect((await app!.call('project.current'))!.classes.map(({ name }) => name)).toEqual([
      'flags',
      'smileys',
    ]);
  });

  it('creates a project from a dropped table of labels', async () => {
    const folder = await fewPictures('table');
    const table = join(folder, 'my labels.csv');
    const rows = ['flags/albania.png,wild', 'smileys/alien.png,tame', 'smileys/astonished-face.png,tame'];
    await writeFile(table, ['path,label', ...rows].join('\n'));
    await launch();
    await dropPaths(app!, [table]);
    await expect.poll(() => app!.page.title(), WAIT).toBe('my labels – Twofold');
    await expect.poll(() => count(app!), WAIT).toBe(3);
    expect((await app!.call('project.current'))!.classes.map(({ name }) => name)).toEqual(['tame', 'wild']);
  });

  it('says why a folder is not a project, and changes nothing', async () => {
    const { page } = await launch();
    await app!.answerDialog([SAMPLES]);
    await page.getByRole('button', { name: 'Open a project' }).click();
    await page.getByRole('alert').getByText('is not a Twofold project').waitFor();
    expect(await app!.accessibility()).toEqual([]);
    await app!.screenshots('notice');
    // It covers nothing, offers to choose again, and ends when that succeeds.
    const bottom = (await page.getByRole('main').boundingBox())!;
    const notice = (await page.getByRole('alert').boundingBox())!;
    expect(notice.y).toBeGreaterThanOrEqual(bottom.y + bottom.height - 0.5);
    await app!.answerDialog([ready]);
    await page.getByRole('button', { name: 'Open a project…', exact: true }).click();
    await expect.poll(() => page.title(), WAIT).toBe('ready – Twofold');
    await page.getByRole('alert').waitFor({ state: 'detached' });
  });

  it('shows no message of one project in another', async () => {
    const { page } = await launch({ args: [ready] });
    await expect.poll(() => page.title(), WAIT).toBe('ready – Twofold');
    await app!.answerDialog([join(home, 'gone')]);
    await app!.clickMenu('open-project');
    const alert = page.getByRole('alert');
    await alert.waitFor(WAIT);
    await alert.getByRole('button', { name: 'Open a project…' }).waitFor();
    await app!.call('project.create', { folder: join(app!.documents, 'after') });
    await alert.waitFor({ state: 'detached' });
  });
});

describe('a project that can’t be opened', () => {
  const says = async (words: string): Promise<void> => {
    await app!.page.getByRole('alert').getByText(words).waitFor();
    await app!.page.getByRole('button', { name: 'Dismiss', exact: true }).click();
    expect(await app!.page.title()).toBe('Twofold');
  };

  it('is reported, and nothing is created', async () => {
    const place = join(home, 'odd');
    await mkdir(join(place, 'empty.twofold'), { recursive: true });
    for (const name of ['notes.txt', 'text.jpg']) await writeFile(join(place, name), 'milk, bread');
    for (const name of ['damaged', 'newer']) closeProject(createProject(join(place, name)));
    await writeFile(join(place, 'damaged.twofold', 'library.db'), Buffer.alloc(9000, 7));
    const newer = new Database(join(place, 'newer.twofold', 'library.db'));
    newer.pragma('user_version = 999');
    newer.close();
    const before = await readdir(place, { recursive: true });

    await launch();
    await app!.answerDialog([join(place, 'gone')]);
    await app!.clickMenu('open-folder');
    await says('There is nothing at');
    for (const name of ['notes.txt', 'text.jpg']) {
      await dropFiles(app!, [join(place, name)], 'main');
      await says(`${name} is a file. Choose the folder`);
    }
    for (const [name, words] of [
      ['empty', 'is not a Twofold project'],
      ['damaged', 'is damaged'],
      ['newer', 'with a newer Twofold'],
    ] as const) {
      await app!.answerDialog([join(place, `${name}.twofold`)]);
      await app!.clickMenu(name === 'empty' ? 'open-folder' : 'open-project');
      await says(words);
    }
    expect(await readdir(place, { recursive: true })).toEqual(before);
  });

  it('is refused if it is read-only', async () => {
    // Nothing can be written there, whoever one is.
    await launch();
    await app!.answerDialog(['/proc/self/mine']);
    await app!.clickMenu('new-project');
    await says('is read-only');
  });
});

describe('an import', () => {
  it('continues, and can be cancelled, when another is refused', async () => {
    const many = await manyPictures('many');
    await launch();
    await app!.call('project.create', { folder: join(home, 'twice') });
    const { page } = app!;
    const status = page.getByRole('contentinfo');
    await app!.answerDialog([many]);
    await app!.clickMenu('import-folder');
    await status.getByText(/Importing/).waitFor(WAIT);
    await app!.clickMenu('import-folder');
    await page.getByRole('alert').getByText('An import is under way.').waitFor();
    await page.getByRole('button', { name: 'Dismiss', exact: true }).click();
    await status.getByRole('button', { name: 'Cancel' }).click();
    await page.getByText(/^Cancelled: /).waitFor(WAIT);

    // Another project knows nothing of it.
    await app!.clickMenu('import-folder');
    await status.getByText(/Importing/).waitFor(WAIT);
    const few = await fewPictures('next');
    await app!.answerDialog([few]);
    await app!.clickMenu('open-folder');
    await page.getByText('4 pictures added').waitFor(WAIT);
    expect(await page.title()).toBe('next – Twofold');
    expect(await page.getByText(/^Cancelled: /).count()).toBe(0);
    expect(await page.getByRole('alert').allTextContents()).toEqual([]);
  });
});

describe('a reloaded window', () => {
  it('shows the running import, can cancel it, and shows its result', async () => {
    const many = await manyPictures('again');
    await launch();
    const { page } = app!;
    const status = page.getByRole('contentinfo');
    await app!.call('project.create', { folder: join(home, 'anew') });
    await page.getByRole('navigation', { name: 'Screens' }).getByText('Library').waitFor();
    await app!.answerDialog([many]);
    await app!.clickMenu('import-folder');
    await status.getByText(/Importing /).waitFor(WAIT);
    await page.reload();
    await status.getByText(/Importing /).waitFor(WAIT);
    await status.getByRole('progressbar', { name: 'Import' }).waitFor();
    await status.getByRole('button', { name: 'Cancel' }).click();
    await page.getByText(/^Cancelled: /).waitFor(WAIT);
    expect(await status.getByRole('progressbar').count()).toBe(0);
  });
});

describe('the window', () => {
  it('opens where it was, as large as it was', async () => {
    await launch();
    const bounds = { x: 140, y: 90, width: 1010, height: 690 };
    await app!.electron.evaluate(({ BrowserWindow }, wanted) => {
      BrowserWindow.getAllWindows()[0]!.setBounds(wanted);
    }, bounds);
    await app!.settle();
    await app!.close();
    await launch();
    const seen = await app!.electron.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows()[0]!.getBounds(),
    );
    expect(seen).toEqual(bounds);
  });

  it('follows the theme of the system, or the one chosen in the menu, also after a restart', async () => {
    await launch();
    const background = (): Promise<string> =>
      app!.page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
    await app!.setTheme('dark');
    const dark = await background();
    await app!.setTheme('light');
    expect(await background()).not.toBe(dark);
    await app!.call('system.setSettings', { theme: 'dark' });
    expect(await background()).toBe(dark);
    await app!.close();
    await launch();
    expect(await background()).toBe(dark);
    await app!.call('system.setSettings', { theme: 'system' });
  });

  it('supports the keyboard: skip to the place, F6 to and from its list, focus after a change of place', async () => {
    const { page } = await launch({ args: [`${join(home, 'chosen')}.twofold`] });
    await page.getByRole('listbox').getByRole('option').first().waitFor();
    const focused = (): Promise<string> =>
      page.evaluate(
        '(document.activeElement.getAttribute("role") ?? document.activeElement.tagName).toLowerCase()',
      );
    await page.evaluate('document.activeElement.blur()');
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to Library');
    await page.keyboard.press('Enter');
    expect(await focused()).toBe('main');
    await page.keyboard.press('F6');
    expect(await page.evaluate('document.activeElement.textContent.trim()')).toBe('Library');
    await page.keyboard.press('F6');
    expect(await focused()).toBe('listbox');
    await app!.clickMenu('show-train');
    await expect.poll(focused).toBe('main');
    expect(await page.getByRole('heading', { level: 1 }).allTextContents()).toEqual(['Train']);
  });

  it('has a menu that works, with what needs a project switched off until there is one', async () => {
    await launch();
    const enabled = (id: string): Promise<boolean | undefined> =>
      app!.electron.evaluate(
        ({ Menu }, wanted) => Menu.getApplicationMenu()?.getMenuItemById(wanted)?.enabled,
        id,
      );
    expect([await enabled('open-folder'), await enabled('import-folder')]).toEqual([true, false]);
    await app!.answerDialog([ready]);
    await app!.clickMenu('open-project');
    await expect.poll(() => app!.page.title(), WAIT).toBe('ready – Twofold');
    expect(await enabled('import-folder')).toBe(true);
    await app!.clickMenu('show-export');
    await expect
      .poll(() =>
        app!.page.getByRole('button', { name: 'Export', exact: true }).first().getAttribute('aria-current'),
      )
      .toBe('page');
    await app!.clickMenu('close-project');
    await expect.poll(() => app!.page.title()).toBe('Twofold');
    await expect.poll(() => enabled('import-folder')).toBe(false);
  });

  it('lists the third-party works it contains', async () => {
    const { page } = await launch();
    await app!.clickMenu('about');
    const about = page.getByRole('dialog', { name: /^Twofold/ });
    await about.getByText('libtensorflow', { exact: true }).click();
    await about.getByText('Apache License').first().waitFor();
    expect(await app!.accessibility()).toEqual([]);
    await app!.screenshots('about');
    await page.keyboard.press('Escape');
    await about.waitFor({ state: 'hidden' });
  });

  it('is shown again after its page crashed, with the project still open', async () => {
    await launch({ args: [ready] });
    await expect.poll(() => app!.page.title(), WAIT).toBe('ready – Twofold');
    const pid = (): Promise<number> =>
      app!.electron.evaluate(({ BrowserWindow }) =>
        BrowserWindow.getAllWindows()[0]!.webContents.getOSProcessId(),
      );
    const title = (): Promise<unknown> =>
      app!.electron.evaluate(({ BrowserWindow }) =>
        BrowserWindow.getAllWindows()[0]!.webContents.executeJavaScript('document.title'),
      );
    const before = await pid();
    process.kill(before, 'SIGKILL');
    await expect.poll(async () => (await pid()) !== before && (await title()), WAIT).toBe('ready – Twofold');
    app!.forgive(/^main: its process ended: killed/);
  });

  it('is never blocked by main for long during an import', async () => {
    await launch();
    await app!.watchMain();
    await app!.page.getByRole('button', { name: 'Try the sample pictures' }).click();
    await expect.poll(() => count(app!), WAIT).toBeGreaterThan(200);
    await app!.settle();
    const { maxMs, p99Ms } = await app!.mainAway();
    expect(p99Ms).toBeLessThan(20);
    expect(maxMs).toBeLessThan(50);
  });
});
