import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DEFAULT_RECIPE } from '../../shared/recipe.ts';
import { someValues, tensorsTo, writeKerasFile } from '../kit/weights.ts';
import { AppUnderTest } from '../kit/window/harness.ts';
import { goTo, openSample, SMALL_RECIPE, trainSmall } from '../kit/window/sample.ts';

/** What Train says of the next run before it starts. One app; the tests follow each other. */

let app: AppUnderTest;
const recipe = { ...SMALL_RECIPE, augmentation: { ...SMALL_RECIPE.augmentation, enabled: false } };

beforeAll(async () => {
  app = await AppUnderTest.launch({ size: [1280, 800] });
  await openSample(app);
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

/** As many of each class as the recipe's share for validation, the others for training. */
function sets(classes: [number, number], share = 0.2): number[][] {
  const validation = classes.map((count) => Math.round(count * share));
  const train = classes.map((count, index) => count - validation[index]!);
  return [train, validation].map(([zero, one]) => [zero!, one!, zero! + one!]);
}

test('shows exactly how many pictures a run will train and validate on', async () => {
  const { classes } = await app.call('pictures.counts');
  await app.call('project.setSettings', { settings: { recipe } });
  await goTo(app, 'Train');
  await expect.poll(shownSets).toEqual(sets(classes));
  await app.screenshots('train-recipe-sets');
  const { metrics } = await trainSmall(app, { ...recipe, epochs: 1 });
  const [train, validation] = sets(classes).map((row) => row.slice(0, 2));
  expect(metrics).toMatchObject({ counts: { train, validation } });
}, 120_000);

test('the sets follow labels, the test set and the recipe', async () => {
  await app.page.getByRole('tab', { name: 'Recipe' }).click();
  const ids = Array.from(await app.call('pictures.ids', { filter: { kind: 'class', class: 1 } }));
  const [zero, one] = (await app.call('pictures.counts')).classes;
  await app.call('labels.set', { ids: ids.slice(0, 27), label: null, source: 'mouse' });
  await expect.poll(shownSets).toEqual(sets([zero, one - 27]));
  await app.call('pictures.setTest', { ids: ids.slice(27, 37), test: true });
  await expect.poll(shownSets).toEqual(sets([zero, one - 37]));
  await app.page.getByText('10 more labelled pictures are in the test set').waitFor();
  await app.page.getByText('Advanced', { exact: true }).click();
  await app.page.getByLabel('Validation share', { exact: true }).fill('0.5');
  await expect.poll(shownSets).toEqual(sets([zero, one - 37], 0.5));
  await app.call('pictures.setTest', { ids: ids.slice(27, 37), test: false });
  await app.call('labels.set', { ids: ids.slice(0, 27), label: 1, source: 'mouse' });
}, 120_000);

test('each preset shows its time on this computer, first estimated on request, then by a run', async () => {
  const times = app.page.getByRole('group', { name: 'Preset' }).locator('.time');
  await app.page.getByText('Expected times appear after the first run on this computer.').waitFor();
  expect(await times.allInnerTexts()).toEqual(['', '', '']);
  const expected = [
    expect.stringMatching(/^about [\d.]+ (s|min|h \d+ min)$/),
    expect.stringMatching(/^about [\d.]+ (s|min|h \d+ min)$/),
    expect.stringMatching(/^up to [\d.]+ (s|min|h \d+ min)$/),
  ];
  // Other work comes first, and that is said.
  const estimate = app.page.getByRole('button', { name: 'Estimate times now' });
  const others = app
    .call('cross.start', { recipe: DEFAULT_RECIPE, folds: 5 })
    .catch((thrown: unknown) => String(thrown));
  await expect.poll(() => app.call('cross.state')).not.toBeNull();
  await estimate.click();
  const refusal = app.page.getByRole('alert').filter({ hasText: 'an import or another job is running' });
  await refusal.waitFor();
  await app.call('cross.cancel');
  expect(await others).toContain('cancelled');
  // The process takes a moment to end.
  const measuring = app.page.getByText('Measuring this computer’s speed');
  await expect
    .poll(async () => {
      await estimate.click({ timeout: 500 }).catch(() => undefined);
      return measuring.count();
    })
    .toBe(1);
  await expect.poll(() => times.allInnerTexts(), { timeout: 60_000 }).toEqual(expected);
  await refusal.waitFor({ state: 'detached' });
  const note = app.page.getByText('Estimated from a few seconds of training on this computer');
  await note.waitFor();
  expect(await app.call('train.speed', { recipe: DEFAULT_RECIPE })).toMatchObject({
    measuredIn: 'sample',
    featuresMs: expect.any(Number) as number,
  });
  await app.screenshots('train-preset-estimates');
  const ids = Array.from(await app.call('pictures.ids', { filter: { kind: 'labelled' } }));
  const some = [...ids.slice(0, 25), ...ids.slice(-25)];
  const rest = ids.filter((id) => !some.includes(id));
  await app.call('labels.set', { ids: rest, label: null, source: 'mouse' });
  await trainSmall(app, {
    ...DEFAULT_RECIPE,
    groupDuplicates: false,
    epochs: 2,
    augmentation: { ...DEFAULT_RECIPE.augmentation, enabled: false },
  });
  await app.page.getByRole('tab', { name: 'Recipe' }).click();
  await expect.poll(() => times.allInnerTexts(), { timeout: 10_000 }).toEqual(expected);
  await note.waitFor({ state: 'detached' });
  expect(await app.call('train.speed', { recipe: DEFAULT_RECIPE })).toMatchObject({ measuredIn: 'run' });
  await app.screenshots('train-preset-times');
  await app.call('labels.undo');
}, 240_000);

test('weights are imported from a Keras file, chosen and named, and a wrong file is explained', async () => {
  const tensors = tensorsTo('mixed0').map((tensor) => ({ ...tensor, values: someValues(tensor) }));
  const file = join(app.home, 'my weights.h5');
  await writeKerasFile(file, tensors);
  const advanced = app.page.locator('details').filter({ hasText: 'Advanced' });
  if ((await advanced.getAttribute('open')) === null) await advanced.locator('summary').click();
  const button = app.page.getByRole('button', { name: 'Import weights…' });
  await button.scrollIntoViewIfNeeded();
  await app.screenshots('train-weights');
  const base = app.page.getByLabel('Base weights', { exact: true });
  await app.answerDialog([file]);
  await button.click();
  await expect.poll(() => base.inputValue(), { timeout: 60_000 }).toBe('my-weights');
  await app.page.getByText('imported from my weights.h5.').waitFor();
  expect((await app.call('model.weights')).map(({ name }) => name)).toContain('my-weights');

  const wrong = join(app.home, 'no weights.h5');
  await writeFile(wrong, 'This is text.');
  await app.answerDialog([wrong]);
  await button.click();
  const messages = app.page.getByRole('region', { name: 'Messages' });
  await messages.getByText('no weights.h5').waitFor({ timeout: 60_000 });
  expect(await base.inputValue()).toBe('my-weights');
  expect(await app.accessibility()).toEqual([]);
  await app.screenshots('train-weights-wrong');
}, 180_000);

test('an import of weights shows its progress and can be cancelled, which stores nothing', async () => {
  const tensors = tensorsTo('mixed10').map((tensor) => ({ ...tensor, values: someValues(tensor) }));
  const file = join(app.home, 'all weights.h5');
  await writeKerasFile(file, tensors);
  await app.answerDialog([file]);
  const button = app.page.getByRole('button', { name: 'Import weights…' });
  await button.click();
  await app.page.getByRole('progressbar', { name: 'Importing weights' }).waitFor();
  await app.page.getByRole('main').getByRole('button', { name: 'Cancel', exact: true }).click();
  await button.waitFor({ timeout: 60_000 });
  expect((await app.call('model.weights')).map(({ name }) => name)).not.toContain('all-weights');
  expect(await app.page.getByRole('alert').count()).toBe(0);

  await button.click();
  // In bytes, twice over the file: hashed, then written.
  await app.page.getByText(/^\d+ MB of 87 MB/).waitFor({ timeout: 60_000 });
  await app.screenshots('train-weights-importing', [[1024, 640]]);
  await button.waitFor({ timeout: 60_000 });
  expect((await app.call('model.weights')).map(({ name }) => name)).toContain('all-weights');
}, 180_000);

test('no errors were logged', () => {
  expect(app.complaints).toEqual([]);
});
