import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { faults } from '../kit/window/faults.ts';
import { AppUnderTest } from '../kit/window/harness.ts';
import { goTo, openSample, SMALL_RECIPE, trainSmall } from '../kit/window/sample.ts';

/** What must hold of every screen and dialog, whatever it is for. One app; the tests follow each other. */

let app: AppUnderTest;

beforeAll(async () => {
  app = await AppUnderTest.launch({ size: [1280, 800] });
});

afterAll(async () => {
  await app.close();
});

const main = () => app.page.getByRole('main');
const pictures = () => main().getByRole('listbox').getByRole('option');
const button = (name: string | RegExp) => main().getByRole('button', { name, exact: true });
const escape = () => app.page.keyboard.press('Escape');

async function look(name: string): Promise<void> {
  expect(await faults(app)).toEqual([]);
  await app.screenshots(name);
  await app.resize(1280, 800);
  await app.settle();
}

test('the start screen', async () => {
  await look('welcome');
});

test('the five places while empty', async () => {
  await app.call('project.create', { folder: join(app.documents, 'empty.twofold') });
  for (const [place, text] of [
    ['Library', 'No pictures yet'],
    ['Train', 'Label some pictures of each class first'],
    ['Review', 'Nothing to review yet'],
    ['Try', 'Nothing to try with yet'],
    ['Export', 'Nothing to export yet'],
  ] as const) {
    await goTo(app, place);
    await main().getByText(text).first().waitFor();
    await look(`${place.toLowerCase()}-empty`);
  }
  await goTo(app, 'Train');
  await app.page.getByRole('tab', { name: /^Runs/ }).click();
  await main().getByText('No runs yet').waitFor();
  await look('train-runs-empty');
});

test('the library, its menu, its large picture and its dialogs', async () => {
  await openSample(app);
  await goTo(app, 'Library');
  await pictures().first().waitFor();
  await look('library-sample');
  await button('Import').click();
  expect(await app.accessibility()).toEqual([]);
  await escape();
  await pictures().first().dblclick();
  await main().getByRole('region', { name: 'One large picture' }).waitFor();
  await look('library-large');
  await escape();
  await button('View options').click();
  expect(await app.accessibility()).toEqual([]);
  await escape();
  await pictures().first().click({ button: 'right' });
  await app.page.getByRole('menu').waitFor();
  expect(await app.accessibility()).toEqual([]);
  await escape();
  await app.page.keyboard.press('?');
  await app.page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
  expect(await faults(app)).toEqual([]);
  await escape();
  await app.clickMenu('about');
  await app.page.getByRole('dialog', { name: /^Twofold/ }).waitFor();
  expect(await faults(app)).toEqual([]);
  await escape();
});

test('the dialogs that ask before the classes are swapped, list imports and show the storage', async () => {
  const check = async (name: string, open: () => Promise<void>): Promise<void> => {
    await open();
    await app.page.getByRole('dialog', { name }).waitFor();
    expect(await faults(app), name).toEqual([]);
    await app.screenshots(`dialog-${name.toLowerCase().replace(/\W+/g, '-')}`);
    await app.resize(1280, 800);
    await escape();
    await app.page.getByRole('dialog', { name }).waitFor({ state: 'detached' });
  };
  await check('Swap the classes?', () => button('Swap the classes').click());
  await check('Imports', async () => {
    await button('Import').click();
    await app.page.getByRole('menuitem', { name: /^Earlier imports/ }).click();
  });
  await check('Storage', () => app.clickMenu('storage'));
  await goTo(app, 'Train');
  await check('Compare layers and input sizes', () => button('Compare layers…').click());
});

test('Train: the recipe, the summary, a run under way, one that is done, and the question before it is deleted', async () => {
  await goTo(app, 'Train');
  await button('Summary…').waitFor();
  await look('train-recipe');
  await button('Summary…').click();
  await app.page.getByRole('dialog', { name: 'Model summary' }).waitFor();
  expect(await faults(app)).toEqual([]);
  await escape();
  await app.call('train.start', { recipe: { ...SMALL_RECIPE, epochs: 500 } });
  await app.page.getByRole('tab', { name: /^Runs/ }).click();
  await button('Stop').waitFor();
  await expect
    .poll(async () => (await app.call('train.state'))?.epochs.length, { timeout: 60_000 })
    .toBeGreaterThan(0);
  expect(await faults(app)).toEqual([]);
  await goTo(app, 'Library');
  await app.page.getByRole('button', { name: /^Training/ }).waitFor();
  expect(await app.accessibility()).toEqual([]);
  await goTo(app, 'Train');
  await button('Stop').click();
  await main().getByText('Stopped. Kept epoch', { exact: false }).waitFor();
  await look('train-stopped');
  await button('Delete Run 1').click();
  await app.page.getByRole('dialog', { name: 'Delete “Run 1”?' }).waitFor();
  expect(await faults(app)).toEqual([]);
  await escape();
});

test('Review, Try and Export with contents', async () => {
  await trainSmall(app, { ...SMALL_RECIPE, epochs: 2 });
  await goTo(app, 'Review');
  await main().getByRole('slider').waitFor();
  await app.settle();
  await look('review');
  await pictures().first().click({ button: 'right' });
  await app.page.getByRole('menu').waitFor();
  expect(await app.accessibility()).toEqual([]);
  await escape();
  await goTo(app, 'Try');
  await main().getByText('Drop a picture here').waitFor();
  await look('try-ready');
  await app.answerDialog([join(app.documents, 'Twofold sample pictures', 'smileys')]);
  await button('Choose a folder…').click();
  await pictures().nth(5).waitFor();
  expect(await app.accessibility()).toEqual([]);
  await app.screenshots('try-busy', [[1280, 800]]);
  await main().getByRole('progressbar').waitFor({ state: 'detached' });
  await look('try-answers');
  await pictures().first().click({ button: 'right' });
  await app.page.getByRole('menu').waitFor();
  expect(await app.accessibility()).toEqual([]);
  await escape();
  await goTo(app, 'Export');
  await main().getByRole('radio').first().waitFor();
  await look('export');
  const taken = join(app.documents, 'taken');
  await mkdir(taken);
  await app.call('export.start', { format: 'labels', run: null, out: join(taken, 'labels') });
  await main()
    .getByRole('radio', { name: /^Labels/ })
    .check();
  await app.answerDialog([join(taken, 'labels')]);
  await button('Export…').click();
  await app.page.getByRole('dialog', { name: 'Replace the folder?' }).waitFor();
  expect(await faults(app)).toEqual([]);
  await escape();
});

test('nothing jumps when a screen is opened', async () => {
  await app.page.evaluate(`{
    globalThis.moved = [];
    new PerformanceObserver((list) => {
      for (const { value, sources } of list.getEntries()) {
        const what = sources.map(({ node, previousRect, currentRect }) =>
          (node?.outerHTML ?? node?.textContent ?? 'gone').slice(0, 90) + ' from ' +
          [previousRect.x, previousRect.y, previousRect.width, previousRect.height].map(Math.round) + ' to ' +
          [currentRect.x, currentRect.y, currentRect.width, currentRect.height].map(Math.round));
        if (value > 0.002) globalThis.moved.push(value.toFixed(4) + ': ' + what.join('; '));
      }
    }).observe({ type: 'layout-shift' });
  }`);
  for (let round = 0; round < 2; round++) {
    for (const place of ['library', 'train', 'review', 'try', 'export'] as const) {
      await app.clickMenu(`show-${place}`);
      await app.page.waitForTimeout(500);
      const moved = await app.page.evaluate<string[]>('globalThis.moved.splice(0)');
      expect(moved, place).toEqual([]);
    }
  }
});

test('no errors were logged', async () => {
  expect(await app.close()).toEqual([]);
});
