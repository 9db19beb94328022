import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunInfo } from '../../shared/contract/train.ts';
import { confusion, type Confusion } from '../../shared/metrics.ts';
import { holdAnswers, noteCalls } from '../kit/window/answers.ts';
import { AppUnderTest } from '../kit/window/harness.ts';
import { predictionsOn } from '../kit/window/predictions.ts';
import { goTo, openSample, SMALL_RECIPE, trainSmall } from '../kit/window/sample.ts';

/** The Review screen, on a run that was really trained. One app; the tests follow each other. */

let app: AppUnderTest;
let run: RunInfo;

beforeAll(async () => {
  app = await AppUnderTest.launch({ size: [1280, 800] });
  await openSample(app);
});

afterAll(async () => {
  await app.close();
});

const main = () => app.page.getByRole('main');
const list = () => main().getByRole('listbox', { name: 'Pictures' });
const rows = () => list().getByRole('option');
const threshold = () => main().getByRole('slider');

/** The confusion matrix on the screen. */
async function matrix(): Promise<Confusion> {
  const texts = await main().getByRole('table').getByRole('button').allInnerTexts();
  const cells = texts.map(Number);
  return [
    [cells[0]!, cells[1]!],
    [cells[2]!, cells[3]!],
  ];
}

/** What the run says of its validation pictures, with their labels, as main has them. */
const scored = () => predictionsOn(app, run.id, 'validation');

test('without a trained run it links to Train', async () => {
  await goTo(app, 'Review');
  await main().getByText('Nothing to review yet').waitFor();
  expect(await app.accessibility()).toEqual([]);
  await main().getByRole('button', { name: 'Go to Train' }).click();
  await main().getByRole('tab', { name: 'Recipe' }).waitFor();
});

test('the matrix counts the predictions for the validation set, and the largest errors come first', async () => {
  run = await trainSmall(app, { ...SMALL_RECIPE, epochs: 2 });
  const letGo = await holdAnswers(app, 'runs.predictions');
  await goTo(app, 'Review');
  await main().getByRole('slider').waitFor();
  await app.screenshots('review-loading');
  expect(await app.accessibility()).toEqual([]);
  await app.resize(1280, 800);
  await letGo();
  await rows().first().waitFor();
  const all = await scored();
  expect(await matrix()).toEqual(confusion(all));
  const wrong = all
    .filter(({ label, probability }) => Number(probability > 0.5) !== label)
    .sort((a, b) => Math.abs(b.label - b.probability) - Math.abs(a.label - a.probability));
  expect(wrong.length).toBeGreaterThan(0);
  await main().getByText(`${wrong.length} picture`).waitFor();
  expect(await rows().first().innerText()).toContain(wrong[0]!.name);
  expect(await app.accessibility()).toEqual([]);
  await app.screenshots('review');
  await app.resize(1280, 800);
});

test('the threshold can be changed by keys, and everything that depends on it follows', async () => {
  await threshold().focus();
  await app.page.keyboard.press('End');
  await expect.poll(matrix).toEqual(confusion(await scored(), 1));
  await main().getByText('no pictures').first().waitFor();
  await app.page.keyboard.press('Home');
  await expect.poll(matrix).toEqual(confusion(await scored(), 0));
  await main().getByRole('button', { name: 'Reset' }).click();
  await expect.poll(matrix).toEqual(confusion(await scored()));
});

test('a cell opens its pictures, whose labels can be corrected and undone', async () => {
  const before = await matrix();
  const [actual, predicted] = before[0][1] > 0 ? ([0, 1] as const) : ([1, 0] as const);
  await main()
    .getByRole('table')
    .getByRole('button')
    .nth(actual * 2 + predicted)
    .click();
  await main().getByText(`labelled ${run.classes[actual]}, predicted ${run.classes[predicted]}`).waitFor();
  await list().focus();
  await app.page.keyboard.press('End');
  const id = (await list().getAttribute('aria-activedescendant'))!.replace('review-', '');
  const label = async (): Promise<unknown> =>
    (await app.call('pictures.rows', { ids: [Number(id)] }))[0]!.label;
  const callsSince = await noteCalls(app);
  await app.page.keyboard.press(String(predicted + 1));
  await expect.poll(label).toBe(predicted);
  const after = structuredClone(before);
  after[actual][predicted]--;
  after[predicted][predicted]++;
  await expect.poll(matrix).toEqual(after);
  // It stays where it was, so that the hand does not lose its place.
  await main().getByText('1 label changed').waitFor();
  expect(await list().getByRole('option', { selected: true }).innerText()).toMatch(
    new RegExp(`now\\s+${run.classes[predicted]}`),
  );
  expect((await app.call('pictures.history', { id: Number(id) })).at(-1)).toMatchObject({ source: 'review' });
  const changed = main().getByText('1 label changed');
  await app.page.keyboard.press('z');
  await expect.poll(label).toBe(actual);
  await expect.poll(matrix).toEqual(before);
  await changed.waitFor({ state: 'detached' });
  await app.page.keyboard.press('Shift+Z');
  await expect.poll(label).toBe(predicted);
  await expect.poll(matrix).toEqual(after);
  await changed.waitFor();
  await app.page.keyboard.press('z');
  await expect.poll(matrix).toEqual(before);
  // Of all the validation pictures only the one in question was read again.
  const calls = await callsSince();
  expect(calls.map(({ name }) => name)).not.toContain('runs.predictions');
  const read = calls.filter(({ name }) => name === 'pictures.rows').map(({ payload }) => payload);
  for (const one of read) expect(one).toEqual({ ids: [Number(id)] });
});

test('the cell whose pictures are listed is marked', async () => {
  const marked = async (): Promise<(string | null)[]> => {
    const cells = await main().getByRole('table').getByRole('button').all();
    return Promise.all(cells.map((cell) => cell.getAttribute('aria-pressed')));
  };
  await main().getByRole('button', { name: 'Wrong', exact: true }).click();
  expect(await marked()).toEqual(['false', 'true', 'true', 'false']);
  const right = main().getByRole('table').getByRole('button').first();
  await right.click();
  expect(await marked()).toEqual(['true', 'false', 'false', 'false']);
  expect(await main().getByRole('option').getByRole('img', { name: 'Wrong:' }).count()).toBe(0);
  await main().getByRole('button', { name: 'Wrong', exact: true }).click();
  await rows().first().getByRole('img', { name: 'Wrong:' }).waitFor();
});

test('a threshold is picked for a goal, and Reset takes it back', async () => {
  const stored = async () => (await app.call('project.current'))!.settings.threshold;
  expect(await stored()).toBe(0.5);
  await main().getByText('Pick a threshold').click();
  await main().getByLabel('Goal').selectOption('Recall at least');
  await main().getByLabel('Percent').fill('100');
  await main().getByLabel('Class', { exact: true }).selectOption('for smileys');
  await main().getByRole('button', { name: 'Set', exact: true }).click();
  await expect.poll(async () => (await matrix())[1][0]).toBe(0);
  const all = await scored();
  const lowest = Math.min(...all.filter(({ label }) => label === 1).map(({ probability }) => probability));
  await expect.poll(stored).not.toBe(0.5);
  expect(await stored()).toBeLessThan(lowest);
  await expect.poll(matrix).toEqual(confusion(all, await stored()));
  expect(await app.accessibility()).toEqual([]);
  await app.screenshots('review-picked', [
    [1280, 800],
    [1024, 640],
  ]);
  await app.resize(1280, 800);
  await main().getByRole('button', { name: 'Reset' }).click();
  await expect.poll(matrix).toEqual(confusion(all));
});

test('a double-click or Enter enlarges a picture, Escape closes it', async () => {
  await rows().first().dblclick();
  const large = app.page.getByRole('dialog');
  await large.getByRole('img').waitFor();
  expect(await app.accessibility()).toEqual([]);
  await app.page.keyboard.press('Escape');
  await large.waitFor({ state: 'detached' });
  await list().focus();
  await app.page.keyboard.press('Enter');
  await large.getByRole('button', { name: 'Close' }).click();
  await large.waitFor({ state: 'detached' });
});

test('errors can be reviewed in the Library', async () => {
  const wrong = (await matrix())[0][1] + (await matrix())[1][0];
  await main().getByRole('button', { name: 'Show wrong in Library' }).click();
  await main()
    .getByRole('button', { name: `Select all ${wrong}` })
    .waitFor();
  await goTo(app, 'Review');
  await rows().first().waitFor();
  expect(app.complaints).toEqual([]);
});
