import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AppUnderTest } from '../kit/window/harness.ts';
import { goTo, openSample } from '../kit/window/sample.ts';

/** What the window says and does after the folder of the pictures was renamed. One app; the tests follow each other. */

const WAIT = { timeout: 60_000 };
let app: AppUnderTest;
let renamed: string;

beforeAll(async () => {
  app = await AppUnderTest.launch({ size: [1280, 800] });
  const { pictures } = await openSample(app);
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
