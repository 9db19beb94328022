import { basename, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AppUnderTest } from '../kit/window/harness.ts';
import { dropFiles, goTo, openSample, trainSmall } from '../kit/window/sample.ts';

/** The menu and the keys of pictures in the lists of Review and Try. One app; the tests follow each other. */

let app: AppUnderTest;

beforeAll(async () => {
  app = await AppUnderTest.launch({ size: [1280, 800] });
  await openSample(app);
  await trainSmall(app);
});

afterAll(async () => {
  await app.close();
});

const main = () => app.page.getByRole('main');
const options = () => main().getByRole('listbox').getByRole('option');
const menu = () => app.page.getByRole('menu');
const item = (name: string | RegExp) => menu().getByRole('menuitem', { name });
const clipboard = (): Promise<string> => app.electron.evaluate(({ clipboard: board }) => board.readText());
const press = (key: string) => app.page.keyboard.press(key);

async function rowOf(name: string) {
  const rows = await app.call('pictures.rows', { ids: [...(await app.call('pictures.ids', {}))] });
  return rows.find((row) => row.name === name);
}

/** File name of the first picture of the list. */
async function firstName(): Promise<string> {
  await options().first().waitFor();
  return /\S+\.png/.exec(await options().first().innerText())![0];
}

test('Review: the menu opens by mouse and key, and does what the Library’s does', async () => {
  await goTo(app, 'Review');
  await main().getByRole('button', { name: 'All', exact: true }).click();
  const name = await firstName();
  await options().first().click({ button: 'right' });
  await item('Copy path').waitFor();
  expect(await app.accessibility()).toEqual([]);
  await app.screenshots('review-menu', [[1280, 800]]);
  await options().first().click({ button: 'right' });
  await item('Copy path').click();
  await expect.poll(async () => basename(await clipboard())).toBe(name);

  const before = (await rowOf(name))!.label as 0 | 1;
  const other = before === 0 ? 'smileys' : 'flags';
  await options().first().click({ button: 'right' });
  await item(`Label as ${other}`).click();
  await expect.poll(async () => (await rowOf(name))!.label).toBe(1 - before);
  await press('z');
  await expect.poll(async () => (await rowOf(name))!.label).toBe(before);

  // By key the menu is about the picture that is looked at; Escape gives the focus back to the list.
  await press('ArrowDown');
  const looked = main().getByRole('listbox').getByRole('option', { selected: true });
  const second = /\S+\.png/.exec(await looked.innerText())![0];
  await press('Shift+F10');
  await item('Find similar').waitFor();
  await press('Escape');
  await menu().waitFor({ state: 'detached' });
  await press('Control+c');
  await expect.poll(async () => basename(await clipboard())).toBe(second);
});

test('Review: a removed picture leaves the list, and comes back with undo', async () => {
  const name = await firstName();
  const count = await options().first().getAttribute('aria-setsize');
  await options().first().click();
  await press('Delete');
  await expect.poll(() => rowOf(name)).toBe(undefined);
  await expect.poll(() => options().first().getAttribute('aria-setsize')).toBe(String(Number(count) - 1));
  await app.page.getByRole('button', { name: 'Undo', exact: true }).click();
  await expect.poll(() => options().first().getAttribute('aria-setsize')).toBe(count);
  expect(await rowOf(name)).toBeDefined();
});

/** How far the middle of the enlarged picture is from that of its frame. */
const place = (): Promise<string> =>
  app.page.evaluate(`document.querySelector('dialog .frame > .picture').style.transform`);
const large = () => app.page.getByRole('dialog');
const choice = (name: string) => large().getByRole('button', { name, exact: true });

test('Review: the enlarged picture is labelled, zoomed and panned by keys and buttons, and has the menu', async () => {
  const name = await firstName();
  const before = (await rowOf(name))!.label as 0 | 1;
  const names = ['flags', 'smileys'] as const;
  await options().first().dblclick();
  await expect.poll(() => large().getAttribute('aria-label')).toBe(name);
  expect(await choice(names[before]).getAttribute('aria-pressed')).toBe('true');
  await choice(names[1 - before]!).click();
  await expect.poll(async () => (await rowOf(name))!.label).toBe(1 - before);
  expect(await choice(names[1 - before]!).getAttribute('aria-pressed')).toBe('true');
  await press(before === 0 ? 'ArrowLeft' : 'ArrowRight');
  await expect.poll(async () => (await rowOf(name))!.label).toBe(before);
  await press('s');
  await large().getByRole('status').getByText('skipped').waitFor();
  await press('z');
  await expect.poll(async () => (await rowOf(name))!.label).toBe(before);
  // The whole picture is in sight: there is nothing to pan to.
  await press('Shift+ArrowRight');
  expect(await place()).toBe('translate(0px, 0px) scale(1)');
  await press('+');
  await press('Shift+ArrowRight');
  await press('Shift+ArrowDown');
  await expect.poll(place).toMatch(/^translate\(-\d+(\.\d+)?px, -\d+(\.\d+)?px\) scale\(1\.5\)$/);
  expect(await large().getAttribute('aria-label')).toBe(name);
  await press('f');
  await expect.poll(place).toBe('translate(0px, 0px) scale(1)');
  await press('Shift+F10');
  await item('Use in Try').waitFor();
  expect(await item('Open').count()).toBe(0);
  expect(await app.accessibility()).toEqual([]);
  await press('Escape');
  await menu().waitFor({ state: 'detached' });
  await press('Control+c');
  await large().getByText('1 path copied.').waitFor();
  expect(basename(await clipboard())).toBe(name);
  await app.screenshots('review-large', [
    [1280, 800],
    [800, 560],
  ]);
  await app.resize(1280, 800);
  await press('ArrowDown');
  await expect.poll(() => large().getAttribute('aria-label')).not.toBe(name);
  await press('Escape');
  await large().waitFor({ state: 'detached' });
});

test('Review: similar pictures are shown in the Library, and a picture is used in Try', async () => {
  const name = await firstName();
  await options().first().click({ button: 'right' });
  await item('Use in Try').click();
  await main()
    .getByRole('option', { name: new RegExp(name.replaceAll('.', '\\.')) })
    .waitFor();
  await goTo(app, 'Review');
  await options().first().click();
  await press('m');
  await main().getByText('Most similar to').waitFor();
});

test('a picture is moved to the test set by the menu of Review, and out of it by that of Try', async () => {
  await goTo(app, 'Review');
  const name = await firstName();
  const before = (await rowOf(name))!.split;
  expect(before).not.toBe('test');
  await options().first().click({ button: 'right' });
  expect(await item('Remove from test set').isDisabled()).toBe(true);
  await item('Move to test set').click();
  await expect.poll(async () => (await rowOf(name))!.split).toBe('test');
  await expect.poll(firstName).not.toBe(name);
  // It was used in Try before.
  await goTo(app, 'Try');
  await main().getByRole('progressbar').waitFor({ state: 'detached' });
  expect(await firstName()).toBe(name);
  await options().first().click({ button: 'right' });
  await item('Remove from test set').click();
  await expect.poll(async () => (await rowOf(name))!.split).not.toBe('test');
  await goTo(app, 'Review');
  await expect.poll(firstName).toBe(name);
});

test('Try: a picture of the project is labelled and removed from the list', async () => {
  await goTo(app, 'Try');
  await main().getByRole('progressbar').waitFor({ state: 'detached' });
  const name = await firstName();
  const before = (await rowOf(name))!.label as 0 | 1;
  await options().first().click({ button: 'right' });
  await item('Find similar').waitFor();
  expect(await item('Import into project').count()).toBe(0);
  await press('Escape');
  await press(before === 0 ? '2' : '1');
  await expect.poll(async () => (await rowOf(name))!.label).toBe(1 - before);
  await app.page.getByRole('button', { name: 'Undo', exact: true }).click();
  await expect.poll(async () => (await rowOf(name))!.label).toBe(before);
  // The button undoes this label only, not one that was given after it.
  await press(before === 0 ? '2' : '1');
  await expect.poll(async () => (await rowOf(name))!.label).toBe(1 - before);
  await press('0');
  await expect.poll(async () => (await rowOf(name))!.label).toBeNull();
  await app.page
    .getByRole('region', { name: 'Messages' })
    .getByRole('status')
    .filter({ hasText: 'Labelled' })
    .getByRole('button', { name: 'Undo' })
    .click();
  await app.page.getByText('Other changes came after it. Undo those first.').waitFor();
  expect((await rowOf(name))!.label).toBeNull();
  // Enlarged, by button; and undone by key.
  await options().first().dblclick();
  await choice(before === 0 ? 'smileys' : 'flags').click();
  await expect.poll(async () => (await rowOf(name))!.label).toBe(1 - before);
  expect(await choice(before === 0 ? 'smileys' : 'flags').getAttribute('aria-pressed')).toBe('true');
  await press('z');
  await expect.poll(async () => (await rowOf(name))!.label).toBeNull();
  await press('Escape');
  await large().waitFor({ state: 'detached' });
  // Both kinds of removing are there; the key is that of the list.
  await options().first().click({ button: 'right' });
  await item('Remove from list').waitFor();
  await item('Remove from project').click();
  await expect.poll(() => rowOf(name)).toBe(undefined);
  await press('z');
  await expect.poll(async () => (await rowOf(name))?.label).toBeNull();
  await press('Delete');
  await main().getByText('Drop a picture here').waitFor();
  expect(await rowOf(name)).toBeDefined();
});

test('Try: a picture that is not in the project is imported before it is labelled', async () => {
  await dropFiles(app, [join(app.documents, 'Twofold sample unseen pictures', 'nerd-face.png')], 'main');
  await options().first().waitFor();
  await main().getByRole('progressbar').waitFor({ state: 'detached' });
  await options().first().click({ button: 'right' });
  await item('Import into project').waitFor();
  expect(await item('Label as smileys').isDisabled()).toBe(true);
  expect(await app.accessibility()).toEqual([]);
  await app.screenshots('try-menu', [[1280, 800]]);
  await options().first().click();
  await options().first().dblclick();
  await choice('Import to label').waitFor();
  expect(await choice('smileys').isDisabled()).toBe(true);
  expect(await app.accessibility()).toEqual([]);
  await app.screenshots('try-large', [[1280, 800]]);
  await press('Escape');
  await large().waitFor({ state: 'detached' });
  await press('1');
  await app.page.getByText('“nerd-face.png” is not in the project.').waitFor();
  await press('Shift+F10');
  await item('Copy path').click();
  await expect.poll(async () => basename(await clipboard())).toBe('nerd-face.png');
  await press('Shift+F10');
  await item('Import into project').click();
  await expect.poll(() => rowOf('nerd-face.png')).toBeDefined();
});

test('nothing complained', () => {
  expect(app.complaints).toEqual([]);
});
