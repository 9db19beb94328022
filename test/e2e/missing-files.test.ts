import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AppUnderTest } from '../kit/window/harness.ts';
import { goTo, openSample } from '../kit/window/sample.ts';

/** What the window says and does after the folder of the pictures was renamed. One app; the tests follow each other. */

const WAIT = { timeout: 60_000 };
let app: AppUnderTest;
let pictures: string;
let renamed: string;

beforeAll(async () => {
  app = await AppUnderTest.launch({ size: [1280, 800] });
  ({ pictures } = await openSample(app));
  renamed = join(app.documents, 'renamed pictures');
  await rename(pictures, renamed);
  await app.call('pictures.check');
});

afterAll(async () => {
  await app.close();
});

const ALL_MISSING = /^All \d+ labelled files are missing\. Their folder may have been moved or renamed\.$/;

test('Train says that all labelled files are missing, and offers to locate them', async () => {
  await goTo(app, 'Train');
  const main = app.page.getByRole('main');
  await main.getByText('labelled files are missing').waitFor(WAIT);
  await main.getByRole('button', { name: 'Locate folder' }).waitFor();
  expect(await main.getByRole('button', { name: 'Train', exact: true }).isDisabled()).toBe(true);
  expect(await app.accessibility()).toEqual([]);
  await app.screenshots('train-missing');
});

test('what a missing file stops offers to locate it, and is said until it works', async () => {
  await goTo(app, 'Library');
  const { page } = app;
  await page.getByRole('listbox').getByRole('option').first().click();
  await page.keyboard.press('o');
  const alert = page.getByRole('alert');
  await alert.getByText(/^There is no file at .* any more\./).waitFor();
  await alert.getByRole('button', { name: 'Locate folder…' }).waitFor();
  await rename(renamed, pictures);
  // A machine for tests has no file manager.
  await app.electron.evaluate(({ shell }) => {
    shell.showItemInFolder = (path) => void ((globalThis as { shown?: string }).shown = path);
  });
  // Another call that works does not end it.
  await page.keyboard.press('Control+c');
  await page.getByText('Copied', { exact: false }).first().waitFor();
  expect(await alert.count()).toBe(1);
  await page.keyboard.press('o');
  await alert.waitFor({ state: 'detached' });
  const shown = await app.electron.evaluate(() => (globalThis as { shown?: string }).shown);
  expect(shown?.startsWith(pictures)).toBe(true);
  await rename(pictures, renamed);
  await page.keyboard.press('Escape');
});

test('so does the Library, which locates them where they are now', async () => {
  await goTo(app, 'Library');
  const main = app.page.getByRole('main');
  await main.getByText(ALL_MISSING).waitFor();
  expect(await app.accessibility()).toEqual([]);
  await app.screenshots('library-missing');
  await app.answerDialog([renamed]);
  await main.getByRole('button', { name: 'Locate folder' }).click();
  const { total } = await app.call('pictures.counts');
  await app.page.getByText(`${total} files located.`).waitFor(WAIT);
  await main.getByText(ALL_MISSING).waitFor({ state: 'detached' });
  const [first] = await app.call('pictures.rows', { ids: [(await app.call('pictures.ids', {}))[0]!] });
  expect(first).toMatchObject({ problem: null });
  expect(first!.path.startsWith(renamed)).toBe(true);
  await goTo(app, 'Train');
  await expect
    .poll(() => main.getByRole('button', { name: 'Train', exact: true }).isEnabled(), WAIT)
    .toBe(true);
});

test('no errors were logged', async () => {
  expect(await app.close()).toEqual([]);
});
