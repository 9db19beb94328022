import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunInfo } from '../../shared/contract/train.ts';
import { confusion, type Confusion } from '../../shared/metrics.ts';
import { AppUnderTest } from '../kit/window/harness.ts';
import { predictionsOn } from '../kit/window/predictions.ts';
import { goTo, openSample, SMALL_RECIPE, trainSmall } from '../kit/window/sample.ts';

/** The test set in the window: made, shown, and evaluated on when asked. One app; the tests follow each other. */

let app: AppUnderTest;
let run: RunInfo;
/** Ids of the test set. */
let tested: number[];

beforeAll(async () => {
  app = await AppUnderTest.launch({ size: [1280, 800] });
  await openSample(app);
});

afterAll(async () => {
  await app.close();
});

const main = () => app.page.getByRole('main');
const button = (name: string | RegExp) => main().getByRole('button', { name, exact: true });
const pictures = () => main().getByRole('listbox').getByRole('option');
const idsOf = async (split: 'test'): Promise<number[]> => [
  ...(await app.call('pictures.ids', { filter: { kind: 'split', split } })),
];

async function matrix(): Promise<Confusion> {
  const cells = (await main().getByRole('table').getByRole('button').allInnerTexts()).map(Number);
  return [
    [cells[0]!, cells[1]!],
    [cells[2]!, cells[3]!],
  ];
}

test('selected pictures are moved to the test set, marked, counted, and moved out again', async () => {
  await pictures().nth(2).click();
  await button('Move to test set').click();
  await app.page.getByText('1 picture moved to the test set.').waitFor();
  await button(/^Test set/).click();
  await expect.poll(() => button('Select all 1').count()).toBe(1);
  expect(await pictures().first().getAttribute('aria-label')).toContain('test set');
  await pictures().first().click();
  await button('Remove from test set').click();
  await expect.poll(() => idsOf('test')).toEqual([]);
  await button(/^All \d/).click();

  const all = [...(await app.call('pictures.ids', {}))];
  tested = all.filter((_, index) => index % 5 === 0);
  await app.call('pictures.setTest', { ids: tested, test: true });
  await pictures().nth(0).locator('[data-split=Test]').waitFor();
  expect(await pictures().nth(1).locator('[data-split=Test]').count()).toBe(0);
  expect(await app.accessibility()).toEqual([]);
  await app.screenshots('library-test-set');
  await app.resize(1280, 800);
});

test('Train says that the test set is excluded, and excludes it', async () => {
  await goTo(app, 'Train');
  await main().getByText(`${tested.length} more labelled pictures are in the test set`).waitFor();
  await app.screenshots('train-test-set', [[1280, 800]]);
  run = await trainSmall(app, { ...SMALL_RECIPE, epochs: 2 });
  const learned = await app.call('pictures.rows', { ids: tested, run: run.id });
  expect(learned.map(({ runSplit }) => runSplit)).toEqual(tested.map(() => null));
});

test('Review evaluates on the test set on request, and shows the results', async () => {
  await goTo(app, 'Review');
  await button('Test set').click();
  await main().getByText('Not evaluated on the test set').waitFor();
  await main().getByText(`The test set has ${tested.length} labelled pictures`, { exact: false }).waitFor();
  expect(await app.accessibility()).toEqual([]);
  await app.screenshots('review-test-ask');
  await app.resize(1280, 800);
  await button('Evaluate').click();
  await main()
    .getByText(/^Evaluated \w+ \d/)
    .first()
    .waitFor({ timeout: 60_000 });
  const scored = await predictionsOn(app, run.id, 'test');
  expect(scored.map(({ id }) => id).sort((a, b) => a - b)).toEqual(tested);
  await expect.poll(matrix).toEqual(confusion(scored));
  await main()
    .getByText(`${tested.length} test pictures with their current labels`, { exact: false })
    .waitFor();
  const [stored] = await app.call('runs.list');
  expect(stored!.test).toMatchObject({ isCurrent: true, evaluation: { confusion: confusion(scored) } });
  expect(await app.accessibility()).toEqual([]);
  await app.screenshots('review-test');
  await app.resize(1280, 800);
});

test('the two sets are kept apart, and a changed label makes the evaluation outdated', async () => {
  const onTest = await matrix();
  await button('Validation set').click();
  await main().getByText('validation pictures', { exact: false }).first().waitFor();
  await expect.poll(matrix).not.toEqual(onTest);
  const total = (await matrix()).flat().reduce((sum, count) => sum + count, 0);
  const held = await predictionsOn(app, run.id, 'validation');
  expect(total).toBe(held.length);
  await button('Test set').click();
  await expect.poll(matrix).toEqual(onTest);
  await button('All').click();
  await app.page.keyboard.press('s');
  await main().getByText('Test set or labels changed since.').waitFor();
  await app.screenshots('review-test-old', [[1280, 800]]);
  await app.page.keyboard.press('z');
  await main().getByText('Test set or labels changed since.').waitFor({ state: 'detached' });
});

test('errors in the test set can be reviewed in the Library, apart from those in the validation set', async () => {
  const wrong = (await matrix())[0][1] + (await matrix())[1][0];
  await button('Show wrong in Library').click();
  await button(`Select all ${wrong}`).waitFor();
  const ids = [
    ...(await app.call('pictures.ids', {
      filter: { kind: 'wrong', run: run.id, on: 'test', threshold: 0.5 },
    })),
  ];
  expect(ids.every((id) => tested.includes(id))).toBe(true);
  expect(app.complaints).toEqual([]);
});
