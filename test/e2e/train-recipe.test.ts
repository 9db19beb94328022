import { afterAll, beforeAll, expect, test } from 'vitest';
import { DEFAULT_RECIPE } from '../../shared/recipe.ts';
import { AppUnderTest } from '../kit/window/harness.ts';
import { goTo, openSample, SMALL_RECIPE, trainSmall } from '../kit/window/sample.ts';

/** What Train says of the next run before it starts. One app; the tests follow each other. */

let app: AppUnderTest;
const recipe = { ...SMALL_RECIPE, augmentation: { ...SMALL_RECIPE.augmentation, enabled: false } };

beforeAll(async () => {
  app = await AppUnderTest.launch({ size: [1280, 800] });
  await openSample(app);
  while ((await app.call('pictures.counts')).classes[1] === 0) await app.page.waitForTimeout(100);
}, 180_000);
afterAll(() => app.close());

/** Training and validation pictures of both classes and in total, as the table shows them. */
async function shownSets(): Promise<number[][]> {
  const table = app.page.getByRole('table').filter({ hasText: 'Validation set' });
  await table.and(app.page.locator('[aria-busy="false"]')).waitFor();
  const rows = await table.locator('tbody tr').all();
  return Promise.all(
    rows.map(async (row) => (await row.getByRole('cell').allInnerTexts()).map((text) => Number(text))),
  );
}

test('shows exactly how many pictures a run will train and validate on', async () => {
  await app.call('project.setSettings', { settings: { recipe } });
  await goTo(app, 'Train');
  await expect.poll(shownSets).toEqual([
    [102, 102, 204],
    [25, 25, 50],
  ]);
  await app.screenshots('train-recipe-sets');
  const { metrics } = await trainSmall(app, { ...recipe, epochs: 1 });
  expect(metrics).toMatchObject({ counts: { train: [102, 102], validation: [25, 25] } });
}, 120_000);

test('the sets follow labels, the test set and the recipe', async () => {
  await app.page.getByRole('tab', { name: 'Recipe' }).click();
  const ids = Array.from(await app.call('pictures.ids', { filter: { kind: 'class', class: 1 } }));
  await app.call('labels.set', { ids: ids.slice(0, 27), label: null, source: 'mouse' });
  await expect.poll(shownSets).toEqual([
    [102, 80, 182],
    [25, 20, 45],
  ]);
  await app.call('pictures.setTest', { ids: ids.slice(27, 37), test: true });
  await expect.poll(shownSets).toEqual([
    [102, 72, 174],
    [25, 18, 43],
  ]);
  await app.page.getByText('10 more labelled pictures are in the test set').waitFor();
  await app.page.getByText('Advanced', { exact: true }).click();
  await app.page.getByLabel('Validation share', { exact: true }).fill('0.5');
  await expect.poll(shownSets).toEqual([
    [63, 45, 108],
    [64, 45, 109],
  ]);
  await app.call('pictures.setTest', { ids: ids.slice(27, 37), test: false });
  await app.call('labels.set', { ids: ids.slice(0, 27), label: 1, source: 'mouse' });
}, 120_000);

test('each preset shows its time on this computer once its model was trained here', async () => {
  const times = app.page.getByRole('group', { name: 'Preset' }).locator('.time');
  await app.page.getByText('Expected times appear after the first run on this computer.').waitFor();
  expect(await times.allInnerTexts()).toEqual(['', '', '']);
  const ids = Array.from(await app.call('pictures.ids', { filter: { kind: 'labelled' } }));
  const some = [...ids.slice(0, 25), ...ids.slice(-25)];
  const others = ids.filter((id) => !some.includes(id));
  await app.call('labels.set', { ids: others, label: null, source: 'mouse' });
  await trainSmall(app, {
    ...DEFAULT_RECIPE,
    groupDuplicates: false,
    epochs: 2,
    augmentation: { ...DEFAULT_RECIPE.augmentation, enabled: false },
  });
  await app.page.getByRole('tab', { name: 'Recipe' }).click();
  await expect
    .poll(() => times.allInnerTexts(), { timeout: 10_000 })
    .toEqual([
      expect.stringMatching(/^about [\d.]+ (s|min)$/),
      expect.stringMatching(/^about [\d.]+ (s|min)$/),
      expect.stringMatching(/^up to [\d.]+ (s|min|h \d+ min)$/),
    ]);
  await app.screenshots('train-preset-times');
  await app.call('labels.undo');
}, 240_000);

test('no errors were logged', () => {
  expect(app.complaints).toEqual([]);
});
