import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LabelValue } from '../../shared/library/labels.ts';
import type { PictureFilter } from '../../shared/library/query.ts';
import { bmp, png } from '../kit/library.ts';
import { AppUnderTest } from '../kit/window/harness.ts';
import { dropFiles, goTo, trainSmall } from '../kit/window/sample.ts';

const WAIT = { timeout: 60_000 };
const COUNT = 60;

let home: string;
let pictures: string;
let app: AppUnderTest;
let page: Page;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'twofold-library-'));
  pictures = join(home, 'pictures');
  await mkdir(join(pictures, 'here'), { recursive: true });
  await mkdir(join(pictures, 'there'), { recursive: true });
  for (let n = 0; n < COUNT; n++) {
    await writeFile(
      join(pictures, n < COUNT / 2 ? 'here' : 'there', `${String(n).padStart(3, '0')}.png`),
      await png(n),
    );
  }
  await writeFile(join(pictures, 'here', 'broken.jpg'), 'no picture at all');
  await writeFile(join(pictures, 'here', 'copy.png'), await png(0));
  await writeFile(join(pictures, 'notes.txt'), 'milk, bread');
  await launch();
});

afterAll(async () => {
  await app.close();
  await rm(home, { recursive: true, force: true });
});

async function launch(args: string[] = []): Promise<void> {
  app = await AppUnderTest.launch({ home, args, size: [1280, 800] });
  page = app.page;
}

const cells = (): Locator => page.getByRole('listbox', { name: 'Pictures' }).getByRole('option');
const cell = (name: string): Locator =>
  page.getByRole('listbox', { name: 'Pictures' }).getByRole('option', { name: new RegExp(`^${name}\\.png`) });
const brush = (name: string): Locator =>
  page.getByRole('region', { name: 'Label' }).getByRole('button', { name: new RegExp(`^${name}`) });
const filter = (name: string): Locator =>
  page.getByRole('region', { name: 'Show' }).getByRole('button', { name: new RegExp(`^${name}`) });
const named = (n: number): string => String(n).padStart(3, '0');

/** Labels by file name, as they are on the disk: only those that are labelled. */
async function labels(): Promise<Record<string, LabelValue>> {
  const ids = await app.call('pictures.ids', {});
  const rows = await app.call('pictures.rows', { ids: [...ids] });
  return Object.fromEntries(
    rows.filter(({ label }) => label !== null).map(({ name, label }) => [name.replace('.png', ''), label]),
  );
}

async function middle(locator: Locator): Promise<{ x: number; y: number }> {
  const box = (await locator.boundingBox())!;
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

async function drag(from: { x: number; y: number }, to: { x: number; y: number }): Promise<void> {
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(to.x, to.y, { steps: 3 });
  await page.mouse.up();
}

const selected = async (): Promise<string[]> =>
  (
    await page.evaluate<string[]>(
      `[...document.querySelectorAll('[role=option][aria-selected=true]')].map((one) => one.getAttribute('aria-label').slice(0, 3))`,
    )
  ).sort();

/** How many pictures the filter and the search found, in sight or not. */
const shown = async (): Promise<number> => {
  const text = await page
    .getByRole('region', { name: 'Select' })
    .getByRole('button', { name: /^Select all/ })
    .textContent();
  return Number(text?.replace(/\D/g, ''));
};

async function screenshots(name: string): Promise<void> {
  await app.screenshots(name);
  await app.resize(1280, 800);
  await app.settle();
}

async function clearLabels(): Promise<void> {
  await app.call('labels.set', {
    ids: [...(await app.call('pictures.ids', {}))],
    label: null,
    source: 'cli',
  });
  // As after a check of the files, the window reads everything again.
  await app.call('pictures.check');
  await expect.poll(() => filter('Unlabelled').textContent(), WAIT).toContain(String(COUNT));
}

describe('importing', () => {
  it('creates a project from a folder, imports its pictures without labels on request, and lists what was skipped', async () => {
    await app.answerDialog([join(home, 'mine.twofold')]);
    await page.getByRole('button', { name: 'New project' }).click();
    await page.getByText('No pictures yet').waitFor();
    expect(await app.accessibility()).toEqual([]);
    await screenshots('library-empty');
    await app.answerDialog([pictures]);
    await page.getByRole('button', { name: 'Import', exact: true }).click();
    expect(await app.accessibility()).toEqual([]);
    await page.getByRole('menuitem', { name: /^Folder without labels/ }).click();
    await page.getByText(`${COUNT} pictures added.`).waitFor(WAIT);
    await page.getByText('Skipped: 1 unreadable, 1 duplicate, 1 not a picture (1 .txt).').waitFor();
    await expect.poll(shown).toBe(COUNT);
    await page.getByRole('button', { name: 'Which files?' }).click();
    const dialog = page.getByRole('dialog', { name: 'Imports' });
    await dialog.getByRole('row', { name: /broken\.jpg/ }).waitFor();
    await dialog.getByRole('row', { name: /copy\.png/ }).waitFor();
    expect(await app.accessibility()).toEqual([]);
    await screenshots('library-imports');
    await app.answerDialog([join(home, 'left-out.csv')]);
    await dialog.getByRole('button', { name: 'Save as CSV' }).click();
    await page.getByText('Saved as').waitFor();
    await dialog.getByRole('button', { name: 'Close' }).click();
    await page.getByRole('button', { name: 'Dismiss the import' }).click();
    expect(await labels()).toEqual({});
  });

  it('imports pictures dropped on the window', async () => {
    const more = join(home, 'dropped.png');
    await writeFile(more, await png(1000));
    await dropFiles(app, [more], '[role=listbox]');
    await page.getByText('1 picture added.').waitFor(WAIT);
    const id = (await app.call('pictures.ids', {})).at(-1)!;
    await app.call('labels.remove', { ids: [id] });
    await expect.poll(shown).toBe(COUNT);
  });
});

describe('labelling by mouse', () => {
  it('labels by click and by drag, each stroke one undo step', async () => {
    await brush('Class A').click();
    await cell('000').click();
    await expect.poll(labels).toEqual({ '000': 0 });
    await page.keyboard.press('2');
    await drag(await middle(cell('001')), await middle(cell('004')));
    const painted = { '000': 0, '001': 1, '002': 1, '003': 1, '004': 1 };
    await expect.poll(labels).toEqual(painted);
    expect(await cell('003').getAttribute('data-label')).toBe('1');
    await expect.poll(() => brush('Class B').textContent()).toContain('4');
    await page.getByRole('button', { name: 'Undo (4 pictures)' }).click();
    await expect.poll(labels).toEqual({ '000': 0 });
    expect(await cell('003').getAttribute('data-label')).toBe('none');
    await page.getByRole('button', { name: 'Redo (4 pictures)' }).click();
    await expect.poll(labels).toEqual(painted);
    await page.keyboard.press('Escape');
  });

  it('labels a selection made by click, Shift, Ctrl, rubber band, visible pictures and all', async () => {
    await clearLabels();
    await cell('002').click();
    await cell('005').click({ modifiers: ['Shift'] });
    await cell('003').click({ modifiers: ['Control'] });
    expect(await selected()).toEqual(['002', '004', '005']);
    await brush('Class B').click();
    await expect.poll(labels).toEqual({ '002': 1, '004': 1, '005': 1 });
    // A second click can't label the same pictures again.
    expect(await selected()).toEqual([]);
    await brush('Class B').click();
    await expect.poll(() => brush('Class B').getAttribute('aria-pressed')).toBe('true');
    await page.keyboard.press('Escape');
    expect(await labels()).toEqual({ '002': 1, '004': 1, '005': 1 });
    const [from, to] = [await middle(cell('000')), await middle(cell('007'))];
    await drag(from, { x: from.x + 200, y: to.y });
    const banded = await selected();
    expect(banded).toContain('000');
    expect(banded).toContain('001');
    expect(banded).toContain(named((await columns()) + 1));
    expect(banded).not.toContain('003');
    await page.keyboard.press('Escape');
    expect(await selected()).toEqual([]);
    await page.getByRole('button', { name: 'Select visible' }).click();
    expect((await selected()).length).toBeGreaterThanOrEqual(3 * (await columns()));
    await page.getByRole('button', { name: `Select all ${COUNT}` }).click();
    await brush('Skip').click();
    await expect.poll(async () => Object.values(await labels()).length).toBe(COUNT);
    await page.keyboard.press('Control+z');
    await expect.poll(labels).toEqual({ '002': 1, '004': 1, '005': 1 });
    await page.keyboard.press('Escape');
  });

  it('labels one large picture by class buttons and keys and shows the next', async () => {
    await clearLabels();
    await cell('010').dblclick();
    const view = page.getByRole('region', { name: 'One large picture' });
    await view.getByText('010.png').waitFor();
    expect(await app.accessibility()).toEqual([]);
    await screenshots('library-focus');
    await view.getByRole('button', { name: 'Class B' }).click();
    await view.getByText('011.png').waitFor();
    await page.keyboard.press('ArrowLeft');
    await view.getByText('012.png').waitFor();
    await page.keyboard.press('s');
    await view.getByText('013.png').waitFor();
    await page.keyboard.press('ArrowDown');
    await view.getByText('014.png').waitFor();
    await expect.poll(labels).toEqual({ '010': 1, '011': 0, '012': 'skipped' });
    await page.keyboard.press('z');
    await view.getByText('012.png').waitFor();
    await expect.poll(labels).toEqual({ '010': 1, '011': 0 });
    await page.keyboard.press('End');
    await view.getByText('last of the list').waitFor();
    await page.keyboard.press('Escape');
    await cell('059').waitFor();
  });
});

describe('removing', () => {
  it('removes pictures with their labels by key, and restores them', async () => {
    await clearLabels();
    await cell('020').click();
    await page.keyboard.press('1');
    await expect.poll(labels).toEqual({ '020': 0 });
    await cell('020').click();
    await cell('022').click({ modifiers: ['Shift'] });
    await page.keyboard.press('Delete');
    await page.getByText('3 pictures removed from the project.').waitFor();
    await expect.poll(shown).toBe(COUNT - 3);
    expect(await cell('021').count()).toBe(0);
    expect(await labels()).toEqual({});
    await page.getByRole('region', { name: 'Messages' }).getByRole('button', { name: 'Undo' }).click();
    await expect.poll(shown).toBe(COUNT);
    expect(await labels()).toEqual({ '020': 0 });
    await page.getByRole('button', { name: 'Redo (removal of 3 pictures)' }).click();
    await expect.poll(shown).toBe(COUNT - 3);
    await page.keyboard.press('z');
    await expect.poll(shown).toBe(COUNT);
    expect(await readdir(join(pictures, 'here'))).toContain('020.png');
  });
});

describe('labelling by keys', () => {
  it('moves, selects, labels and clears', async () => {
    await clearLabels();
    await page.getByRole('listbox').focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Shift+ArrowRight');
    await page.keyboard.press('1');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('2');
    const below = named(2 + (await columns()));
    await expect.poll(labels).toEqual({ '001': 0, '002': 0, [below]: 1 });
    await page.keyboard.press('0');
    await expect.poll(labels).toEqual({ '001': 0, '002': 0 });
    await page.keyboard.press('z');
    await page.keyboard.press('z');
    await page.keyboard.press('Shift+Z');
    await expect.poll(labels).toEqual({ '001': 0, '002': 0, [below]: 1 });
    await page.keyboard.press('End');
    expect(await selected()).toEqual(['059']);
    await page.keyboard.press(' ');
    expect(await selected()).toEqual([]);
    await page.keyboard.press('b');
    await page.keyboard.press('Home');
    await page.keyboard.press(' ');
    await expect.poll(labels).toEqual({ '000': 1, '001': 0, '002': 0, [below]: 1 });
    await page.keyboard.press('Escape');
  });

  it('shows all keys, and ignores them while text is entered', async () => {
    const before = await labels();
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
    expect(await app.accessibility()).toEqual([]);
    await screenshots('library-keys');
    await page.keyboard.press('1');
    await page.keyboard.press('Escape');
    await page.keyboard.press('/');
    await page.keyboard.type('2z0');
    await page.getByText('No matching pictures').waitFor();
    expect(await labels()).toEqual(before);
    await page.getByRole('button', { name: 'Show all' }).click();
    await expect.poll(shown).toBe(COUNT);
  });
});

describe('the view', () => {
  it('can be filtered, searched and sorted; pictures stay in place when their label changes', async () => {
    await clearLabels();
    await filter('Unlabelled').click();
    await page.keyboard.press('1');
    await cell('001').click();
    await expect.poll(labels).toEqual({ '001': 0 });
    expect(await shown()).toBe(COUNT);
    await page.getByRole('status').getByText('1 labelled, hidden on refresh').waitFor();
    await page.getByRole('button', { name: 'Refresh' }).click();
    await expect.poll(shown).toBe(COUNT - 1);
    await page.keyboard.press('Escape');
    await filter('Class A').click();
    await expect.poll(shown).toBe(1);
    await filter('All').click();
    await page.getByRole('searchbox').fill('there');
    await expect.poll(shown).toBe(COUNT / 2);
    await page.getByRole('searchbox').fill('');
    await page.getByLabel('Sort by').selectOption('name down');
    await expect.poll(() => page.locator('[aria-posinset="1"]').getAttribute('aria-label')).toMatch(/^059/);
    await page.getByLabel('Sort by').selectOption('added');
    await expect.poll(() => page.locator('[aria-posinset="1"]').getAttribute('aria-label')).toMatch(/^000/);
  });

  it('has a cell size that is remembered', async () => {
    const slider = page.getByRole('slider', { name: 'Size of pictures' });
    await slider.fill('240');
    await expect.poll(columns).toBe(3);
    await expect.poll(() => app.call('project.current').then((info) => info?.settings.gridSizePx)).toBe(240);
    await slider.fill('144');
  });

  it('uses the chosen class names and colours', async () => {
    await page.getByRole('button', { name: 'Rename Class A' }).click();
    await page.keyboard.type('cats');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: /^cats/ }).first().waitFor();
    await page.getByRole('button', { name: 'Rename Class B' }).click();
    await page.keyboard.type('cats');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('Both classes would be named').waitFor();
    await page.getByRole('button', { name: 'Dismiss', exact: true }).click();
    await page.getByLabel('Colour of cats').fill('#aa00aa');
    await expect
      .poll(() => app.call('project.current').then((info) => info!.classes[0]))
      .toEqual({ name: 'cats', color: '#aa00aa' });
    expect(await page.evaluate(`document.documentElement.style.getPropertyValue('--class-0')`)).toBe(
      '#aa00aa',
    );
    await screenshots('library-full');
    expect(await app.accessibility()).toEqual([]);
    await app.setTheme('dark');
    expect(await app.accessibility()).toEqual([]);
    await app.setTheme('light');
  });

  it('can be sorted and filtered by the predictions of a run', async () => {
    const ids = [...(await app.call('pictures.ids', {}))];
    await app.call('labels.set', { ids: ids.slice(0, 30), label: 0, source: 'cli' });
    await app.call('labels.set', { ids: ids.slice(30), label: 1, source: 'cli' });
    const run = await trainSmall(app);
    await page.getByRole('button', { name: 'Predict all' }).click();
    const uncertain = page.getByLabel('Sort by').getByRole('option', { name: /^Most uncertain/ });
    await expect.poll(() => uncertain.isDisabled(), { timeout: 60_000 }).toBe(false);
    await page.getByLabel('Sort by').selectOption('uncertain');
    await expect
      .poll(() => app.call('project.current').then((info) => info!.settings.query.sort))
      .toEqual({
        by: 'uncertain',
        run: run.id,
      });
    await filter('Wrong in').click();
    const wrong: PictureFilter = {
      kind: 'wrong',
      on: 'validation',
      among: 'validation',
      run: run.id,
      threshold: 0.5,
    };
    const expected = (await app.call('pictures.ids', { filter: wrong })).length;
    await expect.poll(shown).toBe(expected);
    await filter('Validation set').click();
    const held = await app.call('pictures.ids', {
      filter: { kind: 'split', split: 'validation', run: run.id },
    });
    await expect.poll(shown).toBe(held.length);
    await filter('All').click();
    await page.getByLabel('Sort by').selectOption('added');
  });
});

describe('persistence', () => {
  it('undoes and redoes after a restart', async () => {
    await clearLabels();
    await page.keyboard.press('2');
    await cell('000').click();
    await cell('001').click();
    await expect.poll(labels).toEqual({ '000': 1, '001': 1 });
    await page.keyboard.press('z');
    await expect.poll(labels).toEqual({ '000': 1 });
    expect(await app.close()).toEqual([]);
    await launch([join(home, 'mine.twofold')]);
    await cells().first().waitFor();
    expect(await labels()).toEqual({ '000': 1 });
    await page.getByRole('button', { name: 'Redo (1 picture)' }).waitFor();
    await page.keyboard.press('Shift+Z');
    await expect.poll(labels).toEqual({ '000': 1, '001': 1 });
    await page.keyboard.press('z');
    await page.keyboard.press('z');
    await expect.poll(labels).toEqual({});
  });

  it('marks missing and changed files, and locates moved ones', async () => {
    await rename(join(pictures, 'there'), join(home, 'elsewhere'));
    await writeFile(join(pictures, 'here', '003.png'), await png(3003));
    await filter('Missing or changed').click();
    await page.getByRole('button', { name: 'Check all files' }).click();
    await page.getByText(`${COUNT / 2 + 1} files missing or changed.`).waitFor(WAIT);
    await expect.poll(shown).toBe(COUNT / 2 + 1);
    expect(await cell('040').getAttribute('aria-label')).toContain('file missing');
    expect(await cell('003').getAttribute('aria-label')).toContain('file changed');
    expect(await app.accessibility()).toEqual([]);
    await screenshots('library-problems');
    // The look that follows each opening of a project gets in nobody's way.
    const [, again] = await Promise.all([
      app.call('pictures.check'),
      app.call('pictures.locate', { folder: pictures }),
    ]);
    expect(again.found).toBe(0);
    await app.answerDialog([join(home, 'elsewhere')]);
    await page.getByRole('button', { name: 'Locate folder' }).first().click();
    await page.getByText(`${COUNT / 2} files located.`).waitFor(WAIT);
    await expect.poll(shown).toBe(1);
    await cell('003').click();
    await page.getByRole('button', { name: 'Remove from project' }).click();
    await page.getByText('1 picture removed from the project.').waitFor();
    await filter('All').click();
    await expect.poll(shown).toBe(COUNT - 1);
    await page.getByRole('button', { name: 'Dismiss', exact: true }).last().click();
  });

  it('returns to the same position after visiting other places', async () => {
    await app.resize(900, 600);
    await page.getByRole('slider', { name: 'Size of pictures' }).fill('200');
    await page.getByRole('listbox').focus();
    await page.keyboard.press('End');
    await expect
      .poll(() => page.evaluate('document.querySelector("[role=listbox]").scrollTop'))
      .toBeGreaterThan(500);
    const before = await page.evaluate('document.querySelector("[role=listbox]").scrollTop');
    await goTo(app, 'Train');
    await goTo(app, 'Library');
    await expect.poll(() => page.evaluate('document.querySelector("[role=listbox]").scrollTop')).toBe(before);
  });
});

describe('an import', () => {
  it('shows progress, fills the grid meanwhile, and can be cancelled', async () => {
    const many = join(home, 'many');
    await mkdir(many);
    for (let n = 0; n < 3000; n++) await writeFile(join(many, `${n}.bmp`), bmp(5000 + n));
    await app.answerDialog([many]);
    await app.clickMenu('import-folder');
    const status = page.getByRole('contentinfo');
    await status.getByText(/Importing [\d,]+ of 3,000/).waitFor(WAIT);
    await expect.poll(() => cells().count(), WAIT).toBeGreaterThan(0);
    await app.screenshots('library-importing', [[1280, 800]]);
    await status.getByRole('button', { name: 'Cancel' }).click();
    await page.getByText(/^Cancelled: [\d,]+ pictures? added/).waitFor(WAIT);
    const { total } = await app.call('pictures.counts');
    expect(total).toBeLessThan(COUNT - 1 + 3000);
    await expect
      .poll(() =>
        page
          .getByRole('button', { name: /^Select all/ })
          .first()
          .textContent(),
      )
      .toContain(total.toLocaleString('en'));
  });

  it('reads labels from a CSV file', async () => {
    const csv = join(home, 'labels.csv');
    await writeFile(
      csv,
      `path,label\n${join(pictures, 'here', '010.png')},cats\n${join(pictures, 'here', '011.png')},Class B\n`,
    );
    await app.answerDialog([csv]);
    await page.getByRole('button', { name: 'Import', exact: true }).click();
    await page.getByRole('menuitem', { name: /^Labels from CSV/ }).click();
    await page.getByText(/2 already in the project/).waitFor(WAIT);
  });

  it('no errors were logged', async () => {
    expect(await app.close()).toEqual([]);
  });
});

function columns(): Promise<number> {
  return page.evaluate<number>(`{
    const tops = [...document.querySelectorAll('[id^=picture-]')].map((one) => one.getBoundingClientRect().top);
    tops.filter((top) => top === Math.min(...tops)).length;
  }`);
}
