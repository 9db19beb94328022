import { basename, join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AppUnderTest } from '../kit/window/harness.ts';
import { goTo, openSample, SMALL_RECIPE, trainSmall } from '../kit/window/sample.ts';

/** Menu, dragging, folders, view options and the large picture of the Library. One app; the tests follow each other. */

const WAIT = { timeout: 60_000 };
let app: AppUnderTest;
let page: Page;
let pictures: string;

beforeAll(async () => {
  app = await AppUnderTest.launch({ size: [1280, 800] });
  page = app.page;
  ({ pictures } = await openSample(app));
  await cells().first().waitFor();
});

afterAll(async () => {
  await app.close();
});

const cells = (): Locator => page.getByRole('listbox', { name: 'Pictures' }).getByRole('option');
const cell = (name: string): Locator =>
  page.getByRole('listbox', { name: 'Pictures' }).getByRole('option', { name: new RegExp(`^${name}\\.png`) });
const item = (name: string): Locator => page.getByRole('menuitem', { name, exact: true });
const shownNames = async (): Promise<string[]> => {
  const labels = await page.evaluate<string[]>(
    `[...document.querySelectorAll('[role=option]:not([hidden])')].map((one) => one.getAttribute('aria-label'))`,
  );
  return labels.map((label) => label.split('.png')[0]!);
};
const clipboard = (): Promise<string> => app.electron.evaluate(({ clipboard: board }) => board.readText());
const announced = (): Promise<string> => page.getByRole('status', { name: 'Announcements' }).innerText();
const labelOf = async (name: string) => {
  const rows = await app.call('pictures.rows', { ids: [...(await app.call('pictures.ids', {}))] });
  return rows.find((row) => row.name === `${name}.png`)!.label;
};

test('the menu of a picture is about what is selected, opens by mouse and key, and copies paths', async () => {
  await cell('bangladesh').click({ button: 'right' });
  await item('Show in folder').waitFor();
  expect(await app.accessibility()).toEqual([]);
  await app.screenshots('library-menu', [[1280, 800]]);
  await cell('bangladesh').click({ button: 'right' });
  await item('Copy path').click();
  await expect.poll(clipboard).toBe(join(pictures, 'flags', 'bangladesh.png'));
  await cell('belarus').click({ modifiers: ['Shift'] });
  await cell('belarus').click({ button: 'right' });
  await item('Copy 2 paths').click();
  await expect
    .poll(clipboard)
    .toBe(['bangladesh.png', 'belarus.png'].map((name) => join(pictures, 'flags', name)).join('\n'));
  await page.keyboard.press('Escape');
  await cell('belize').click();
  await page.keyboard.press('Shift+F10');
  await item('Skip').waitFor();
  await page.keyboard.press('Escape');
  await item('Skip').waitFor({ state: 'detached' });
  await page.keyboard.press('Control+c');
  await expect.poll(async () => basename(await clipboard())).toBe('belize.png');
});

test('labels from the menu, and announces it to screen readers', async () => {
  await cell('bangladesh').click({ button: 'right' });
  await item('Label as smileys').click();
  await expect.poll(() => labelOf('bangladesh')).toBe(1);
  expect(await announced()).toBe('1 picture labelled smileys');
  await page.keyboard.press('z');
  await expect.poll(() => labelOf('bangladesh')).toBe(0);
  await expect.poll(announced).toBe('1 label changed back');
});

test('shows a file in its folder', async () => {
  // The file manager is not the app's: only that it is asked, and for what, can be seen.
  await app.electron.evaluate(({ app: main, shell }) => {
    shell.showItemInFolder = (path) => Object.assign(main, { shown: path });
  });
  await cell('belarus').click();
  await page.keyboard.press('o');
  await expect
    .poll(() => app.electron.evaluate(({ app: main }) => (main as unknown as { shown?: string }).shown))
    .toBe(join(pictures, 'flags', 'belarus.png'));
  await page.keyboard.press('Escape');
});

async function drag(from: Locator, to: Locator): Promise<void> {
  const start = (await from.boundingBox())!;
  const end = (await to.boundingBox())!;
  await page.mouse.move(start.x + start.width / 2, start.y + start.height / 2);
  await page.mouse.down();
  await page.mouse.move(start.x + start.width / 2 - 20, start.y + start.height / 2, { steps: 3 });
  await page.mouse.move(end.x + end.width / 2, end.y + end.height / 2, { steps: 5 });
  await page.mouse.up();
}

test('pictures are dragged onto a class: the selected ones, or the one that is dragged', async () => {
  await cell('bangladesh').click();
  await cell('belize').click({ modifiers: ['Shift'] });
  await drag(cell('belarus'), page.locator('[data-drop="1"]'));
  await expect.poll(() => labelOf('belarus')).toBe(1);
  expect([await labelOf('bangladesh'), await labelOf('belize'), await labelOf('bahamas')]).toEqual([1, 1, 0]);
  expect(await announced()).toBe('3 pictures labelled smileys');
  expect(await page.locator('[aria-selected=true]').count()).toBe(0);
  await drag(cell('bangladesh'), page.locator('[data-drop="skipped"]'));
  await expect.poll(() => labelOf('bangladesh')).toBe('skipped');
  expect(await labelOf('belarus')).toBe(1);
  await page.keyboard.press('z');
  await page.keyboard.press('z');
  await expect.poll(() => labelOf('belarus')).toBe(0);
});

test('a folder is shown with a click, and the search finds every folder of the path', async () => {
  const folders = page.getByRole('region', { name: 'Folders' });
  await folders.getByRole('button', { name: /^smileys/ }).click();
  await expect.poll(async () => (await shownNames()).includes('afghanistan')).toBe(false);
  const all = await app.call('pictures.folders');
  const count = all.find(({ name }) => name === 'smileys')!.count;
  await page.getByRole('button', { name: `Select all ${count}` }).waitFor();
  await folders.getByRole('button', { name: /^Twofold sample/ }).click();
  await expect.poll(shownNames).toContain('afghanistan');
  await page.getByRole('searchbox').fill('sample smileys');
  await page.getByText('125 found', { exact: true }).waitFor();
  await expect.poll(async () => (await shownNames()).includes('afghanistan')).toBe(false);
  await page.getByRole('button', { name: `Select all ${count}` }).waitFor();
  await page.getByRole('searchbox').fill('');
  await expect.poll(shownNames).toContain('afghanistan');
});

test('shows file names and sets, and remembers that', async () => {
  await trainSmall(app, { ...SMALL_RECIPE, epochs: 1 });
  await page.getByRole('button', { name: 'View options' }).click();
  expect(await app.accessibility()).toEqual([]);
  await page.getByRole('checkbox', { name: 'File names' }).check();
  await page.getByRole('checkbox', { name: 'Training, validation' }).check();
  await page.keyboard.press('Escape');
  const first = cells().first();
  await first.locator('[data-name="afghanistan.png"]').waitFor();
  await expect.poll(() => first.getAttribute('aria-label')).toMatch(/, (training|validation) set$/);
  await expect
    .poll(async () => (await app.call('project.current'))!.settings)
    .toMatchObject({ gridNames: true, gridSplits: true });
  expect(await app.accessibility()).toEqual([]);
  await app.screenshots('library-names-and-sets');
  await app.resize(1280, 800);
});

test('every filter shows its count, those of a run too', async () => {
  const show = page.getByRole('region', { name: 'Show' });
  const filters = await app.call('pictures.matches', {
    filters: [
      { kind: 'split', split: 'train', run: 'r1' },
      { kind: 'split', split: 'validation', run: 'r1' },
      { kind: 'wrong', run: 'r1' },
    ],
  });
  const [train, validation, wrong] = filters.map(String);
  await expect.poll(() => show.getByRole('button', { name: /^Training set/ }).innerText()).toContain(train!);
  await expect
    .poll(() => show.getByRole('button', { name: /^Validation set/ }).innerText())
    .toContain(validation!);
  await expect.poll(() => show.getByRole('listitem').last().innerText()).toContain(wrong!);
});

test('the large picture zooms, pans, fits again, and is labelled by its class buttons', async () => {
  await cell('belarus').dblclick();
  const view = page.getByRole('region', { name: 'One large picture' });
  await view.getByText('belarus.png').waitFor();
  const share = view.getByRole('button', { name: /^Fit/ });
  const transform = (): Promise<string> =>
    page.evaluate(`document.querySelector('.frame > .picture').style.transform`);
  await expect.poll(() => share.innerText()).toMatch(/^\d+%$/);
  const fitted = await share.innerText();
  const box = (await view.locator('img').last().boundingBox())!;
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.wheel(0, -300);
  await expect.poll(() => share.innerText()).not.toBe(fitted);
  const before = await transform();
  await page.mouse.down();
  await page.mouse.move(box.x + box.width / 2 + 60, box.y + box.height / 2 + 30, { steps: 3 });
  await page.mouse.up();
  expect(await transform()).not.toBe(before);
  expect(await app.accessibility()).toEqual([]);
  await app.screenshots('library-zoomed');
  await app.resize(1280, 800);
  await page.keyboard.press('f');
  await expect.poll(transform).toBe('translate(0px, 0px) scale(1)');
  await page.keyboard.press('+');
  await expect.poll(transform).toBe('translate(0px, 0px) scale(1.5)');
  await page.keyboard.press('-');
  await view.locator('.frame').dblclick();
  await expect.poll(transform).toContain('scale(2');
  await view.locator('.frame').dblclick();
  await expect.poll(transform).toContain('scale(1)');
  // Nothing is labelled by a click on the picture until halves are chosen.
  expect(await labelOf('belarus')).toBe(0);
  await view.getByRole('button', { name: 'smileys' }).click();
  await view.getByText('belize.png').waitFor();
  await expect.poll(() => labelOf('belarus')).toBe(1);
  await view.getByRole('button', { name: 'Label by halves' }).click();
  await view.getByRole('button', { name: 'smileys', exact: true }).click();
  await expect.poll(() => labelOf('belize')).toBe(1);
  await expect.poll(async () => (await app.call('project.current'))!.settings.halves).toBe(true);
  expect(await app.accessibility()).toEqual([]);
  await app.screenshots('library-halves');
  await app.resize(1280, 800);
  await page.keyboard.press('Escape');
  expect(await page.evaluate(`document.activeElement.getAttribute('role')`)).toBe('listbox');
});

test('pictures of the project are predicted in Try from the menu', async () => {
  await page.keyboard.press('Home');
  await page.keyboard.press('t');
  const tried = page.getByRole('main').getByRole('listbox').getByRole('option');
  await tried.getByText('afghanistan.png', { exact: true }).waitFor(WAIT);
  expect(await tried.count()).toBe(1);
  await goTo(app, 'Library');
});

test('no errors were logged', async () => {
  expect(await app.close()).toEqual([]);
});
