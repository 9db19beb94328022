import { afterAll, beforeAll, expect, test } from 'vitest';
import { formatInterval, formatPercent } from '../../shared/format.ts';
import { formatSpread, spreadOf } from '../../shared/spread.ts';
import { AppUnderTest } from '../kit/window/harness.ts';
import { goTo, openSample, SMALL_RECIPE } from '../kit/window/sample.ts';

/** Several seeds and cross-validation, started in the window. The tests follow each other. */

let app: AppUnderTest;
const recipe = { ...SMALL_RECIPE, augmentation: { ...SMALL_RECIPE.augmentation, enabled: false } };

beforeAll(async () => {
  app = await AppUnderTest.launch({ size: [1280, 800] });
  await openSample(app);
  await app.call('project.setSettings', { settings: { recipe } });
  // The form reads the recipe when the window opens.
  await app.page.reload();
  await goTo(app, 'Train');
}, 180_000);
afterAll(() => app.close());

const dialog = () => app.page.getByRole('dialog', { name: 'Repeat training' });
const open = () => app.page.getByRole('button', { name: 'Repeat…' }).click();
const series = () => app.call('train.series');

test('cross-validation shows progress, can be cancelled, and gives accuracy over all labelled pictures', async () => {
  await open();
  await dialog()
    .getByRole('radio', { name: /^Cross-validation/ })
    .check();
  await dialog().getByRole('button', { name: 'Cross-validate' }).click();
  await dialog().getByRole('progressbar', { name: 'Cross-validating' }).waitFor();
  await dialog().getByRole('button', { name: 'Cancel' }).click();
  await dialog().getByRole('progressbar').waitFor({ state: 'detached' });
  expect(await app.call('cross.latest')).toBeNull();

  await dialog().getByRole('button', { name: 'Cross-validate' }).click();
  await dialog().getByText('Cross-validation over 5 folds').waitFor({ timeout: 120_000 });
  const found = (await app.call('cross.latest'))!;
  expect(found.accuracies).toHaveLength(5);
  expect(found.pictures).toBe(252);
  expect(found.accuracy.value).toBeGreaterThan(0.7);
  const words = await dialog().getByRole('region').innerText();
  expect(words).toContain(`Accuracy ${formatInterval(found.accuracy)} on 252 labelled pictures`);
  expect(words).toContain(formatSpread(spreadOf(found.accuracies)));
  expect(words).toContain(formatPercent(found.accuracies[4]!));
  expect(await app.call('runs.list')).toEqual([]);
  expect(await app.accessibility()).toEqual([]);
  await app.screenshots('train-repeat-folds');
  await app.resize(1280, 800);
}, 240_000);

test('choice and figures are remembered', async () => {
  await app.page.reload();
  await goTo(app, 'Train');
  await open();
  expect(
    await dialog()
      .getByRole('radio', { name: /^Cross-validation/ })
      .isChecked(),
  ).toBe(true);
  await dialog().getByText('Cross-validation over 5 folds').waitFor();
});

test('several seeds are trained one after the other, and shown as mean, spread and band', async () => {
  await dialog().getByRole('combobox', { name: 'Number of seeds' }).selectOption('3');
  await dialog().getByRole('button', { name: 'Train 3 seeds' }).click();
  await app.page.getByText('Seed 1 of 3').waitFor();
  await app.page.getByText('Seed 2 of 3').waitFor({ timeout: 60_000 });
  await app.screenshots('train-repeat-seeds');
  await app.resize(1280, 800);
  await expect.poll(series, { timeout: 120_000 }).toBeNull();
  const runs = await app.call('runs.list');
  expect(runs.map((run) => [run.id, run.recipe?.seed, run.status])).toEqual([
    ['r3', 3, 'done'],
    ['r2', 2, 'done'],
    ['r1', 1, 'done'],
  ]);
  await app.page.getByText(/3 runs differ only in the random seed: validation accuracy/).waitFor();
  await app.page.getByLabel('Show spread').check();
  expect(await app.accessibility()).toEqual([]);
}, 240_000);

test('Stop ends the series', async () => {
  await app.page.getByRole('tab', { name: 'Recipe' }).click();
  const epochs = app.page.getByLabel('Epochs', { exact: true });
  if (!(await epochs.isVisible())) await app.page.getByText('Advanced', { exact: true }).click();
  await epochs.fill('500');
  await open();
  await dialog().getByRole('button', { name: 'Train 3 seeds' }).click();
  await expect.poll(async () => (await app.call('train.state'))?.epochs.length ?? 0).toBeGreaterThan(1);
  await app.page.getByRole('main').getByRole('button', { name: 'Stop' }).click();
  await expect.poll(series).toBeNull();
  await expect.poll(() => app.call('train.state')).toBeNull();
  expect((await app.call('runs.list')).length).toBe(4);
  expect(app.complaints).toEqual([]);
}, 120_000);
