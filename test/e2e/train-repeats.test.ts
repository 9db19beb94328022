import { afterAll, beforeAll, expect, test } from 'vitest';
import { AppUnderTest } from '../kit/window/harness.ts';
import { goTo, openSample, SMALL_RECIPE, trainSmall } from '../kit/window/sample.ts';

/** What Train says of unbalanced classes, of several seeds, and of whether a run is better than the one before. */

let app: AppUnderTest;
const recipe = { ...SMALL_RECIPE, augmentation: { ...SMALL_RECIPE.augmentation, enabled: false } };

beforeAll(async () => {
  app = await AppUnderTest.launch({ size: [1280, 800] });
  await openSample(app);
}, 180_000);
afterAll(() => app.close());

test('a class with three times as many pictures causes a warning, and can be balanced with a click', async () => {
  const { page } = app;
  await goTo(app, 'Train');
  const warning = page.getByRole('status').filter({ hasText: 'Unbalanced classes' });
  await page.getByRole('table').filter({ hasText: 'Validation set' }).waitFor();
  expect(await warning.count()).toBe(0);

  const smileys = await app.call('pictures.ids', { filter: { kind: 'class', class: 1 } });
  const left = Array.from(smileys).slice(Math.floor(smileys.length / 4));
  await app.call('labels.set', { ids: left, label: null, source: 'mouse' });
  await warning.waitFor();
  expect(await warning.innerText()).toContain(`${smileys.length - left.length} of smileys`);
  await app.screenshots('train-unbalanced');
  await page.getByRole('button', { name: 'Balance classes' }).click();
  await page.getByText('Class weights: a picture of flags counts').waitFor();
  expect(await warning.count()).toBe(0);
  await expect
    .poll(async () => (await app.call('project.current'))!.settings.recipe.classWeights)
    .toBe('balanced');
  await app.call('labels.set', { ids: left, label: 1, source: 'mouse' });
}, 120_000);

test('runs that differ in the seed only show their mean and spread, as a band on request', async () => {
  const { page } = app;
  for (const seed of [1, 2, 3]) await trainSmall(app, { ...recipe, seed });
  await page.getByRole('tab', { name: 'Runs' }).click();
  await page
    .getByText(/3 runs differ only in the random seed: validation accuracy [\d.]+% on average/)
    .waitFor();
  const chart = page.getByRole('img', { name: /^Accuracy over/ });
  const before = await chart.screenshot();
  await page.getByLabel('Show spread').check();
  await expect.poll(async () => (await chart.screenshot()).equals(before)).toBe(false);
  await app.screenshots('train-spread');
}, 240_000);

test('a new run is automatically compared with the previous one', async () => {
  const { page } = app;
  await page.getByLabel('Show spread').uncheck();
  const { id } = await trainSmall(app, { ...recipe, seed: 3, epochs: 1 });
  const compared = await app.call('runs.versus', { first: 'r3', second: id });
  expect(compared!.pictures).toBe(50);
  await page.getByRole('button', { name: /^Run 4/ }).click();
  const words = page.getByRole('main').locator('p').filter({ hasText: 'Compared with Run 3:' });
  await words.waitFor();
  expect(await words.innerText()).toMatch(
    /accuracy [\d.]+% instead of [\d.]+% on the 50 validation pictures of both\. Run 4 is right on \d+ pictures? that Run 3 got wrong/,
  );
  await app.screenshots('train-compared-with-former');
}, 120_000);
