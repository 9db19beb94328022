import { afterAll, beforeAll, expect, test } from 'vitest';
import { DEFAULT_RECIPE } from '../../shared/recipe.ts';
import { AppUnderTest } from '../kit/window/harness.ts';
import { goTo } from '../kit/window/sample.ts';

/** The expected times of the presets as the app finds them by itself: with its defaults, on a computer that has not trained. */

let app: AppUnderTest;

beforeAll(async () => {
  app = await AppUnderTest.launch({ size: [1280, 800], indexes: true });
}, 60_000);
afterAll(() => app.close());

const times = () => app.page.getByRole('group', { name: 'Preset' }).locator('.time');
const note = () => app.page.getByText('Estimated from a few seconds of training on this computer');

test('a measurement that other work prevents or ends begins by itself once that is done', async () => {
  await app.page.getByRole('button', { name: 'Try the sample pictures' }).click();
  // At once, as an impatient person does: the import has just begun.
  await goTo(app, 'Train');
  await app.page.getByText('Measuring this computer’s speed').waitFor({ timeout: 60_000 });
  const others = app
    .call('cross.start', { recipe: DEFAULT_RECIPE, folds: 5 })
    .catch((thrown: unknown) => String(thrown));
  await app.page.getByText('Expected times appear after the first run on this computer.').waitFor();
  expect(await app.page.getByRole('alert').count()).toBe(0);
  expect(await app.call('train.speed', { recipe: DEFAULT_RECIPE })).toBeNull();
  await app.call('cross.cancel');
  expect(await others).toContain('cancelled');
  await note().waitFor({ timeout: 90_000 });
  expect(await times().allInnerTexts()).toEqual([
    expect.stringMatching(/^about \d/),
    expect.stringMatching(/^about \d/),
    expect.stringMatching(/^up to \d/),
  ]);
  expect(await app.call('train.speed', { recipe: DEFAULT_RECIPE })).toMatchObject({ measuredIn: 'sample' });
  await app.screenshots('train-times-unasked', [[1280, 800]]);
}, 240_000);

test('no errors were logged', () => {
  expect(app.complaints).toEqual([]);
});
