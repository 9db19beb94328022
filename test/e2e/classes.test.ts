import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { formatCount } from '../../shared/format.ts';
import { confusion } from '../../shared/metrics.ts';
import { start } from '../kit/cli.ts';
import { AppUnderTest } from '../kit/window/harness.ts';
import { predictionsOn } from '../kit/window/predictions.ts';
import { dropFiles, goTo, openSample, SMALL_RECIPE, trainSmall } from '../kit/window/sample.ts';

/** Which class is the positive one, and the one threshold. One app; the tests follow each other. */

let app: AppUnderTest;
let pictures: string;

beforeAll(async () => {
  app = await AppUnderTest.launch({ size: [1280, 800] });
  ({ pictures } = await openSample(app));
  await trainSmall(app, { ...SMALL_RECIPE, augmentation: { ...SMALL_RECIPE.augmentation, enabled: false } });
});

afterAll(async () => {
  await app.close();
});

const main = () => app.page.getByRole('main');
const cells = async (): Promise<number[]> =>
  (
    await main()
      .getByRole('table', { name: /^Confusion/ })
      .getByRole('cell')
      .allInnerTexts()
  )
    .map(Number)
    .slice(-4);
const predicted = () => predictionsOn(app, 'r1', 'validation');

test('a threshold set in Review applies to Try and to the errors in the Library', async () => {
  await goTo(app, 'Review');
  const slider = main().getByRole('slider');
  await slider.fill('0.9');
  await expect.poll(async () => (await app.call('project.current'))?.settings.threshold).toBe(0.9);
  await goTo(app, 'Try');
  await dropFiles(app, [join(pictures, 'flags', 'ecuador.png')], 'main');
  await main().getByText('Threshold: smileys above 90%').waitFor();
  await main().getByRole('listbox').getByRole('option').first().waitFor();
  await main().getByRole('progressbar').waitFor({ state: 'detached' });
  expect(await main().getByRole('listbox').getByRole('option').first().innerText()).toMatch(
    /(flags|smileys)\s+P\(smileys\s*\)/,
  );
  const [[, n01], [n10]] = confusion(await predicted(), 0.9);
  const wrong = await app.call('pictures.ids', { filter: { kind: 'wrong', run: 'r1' } });
  expect(wrong).toHaveLength(n01 + n10);
});

test('the label panel says which class is the positive one, and swaps them', async () => {
  await goTo(app, 'Library');
  await main().getByText('Positive: smileys').waitFor();
  await app.page.getByRole('button', { name: 'Swap the classes' }).click();
  const dialog = app.page.getByRole('dialog');
  await dialog.getByText('Swap the classes?').waitFor();
  expect(await app.accessibility()).toEqual([]);
  await app.screenshots('swap-dialog');
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  expect((await app.call('project.current'))?.swapped).toBe(false);
  await app.page.getByRole('button', { name: 'Swap the classes' }).click();
  await dialog.getByRole('button', { name: 'Swap', exact: true }).click();
  await main().getByText('Positive: flags').waitFor();
  expect((await app.call('project.current'))?.classes.map(({ name }) => name)).toEqual(['smileys', 'flags']);
  expect(await app.accessibility()).toEqual([]);
  await app.screenshots('swapped');
});

test('a swap mirrors every figure of Review, and undo restores them', async () => {
  await app.call('labels.undo');
  await goTo(app, 'Review');
  await main().getByText('Threshold: smileys above 90%').waitFor();
  await expect.poll(cells).not.toContain(NaN);
  const before = await cells();
  const answers = await predicted();
  await app.call('labels.redo');
  await main().getByText('Threshold: flags above 10%').waitFor();
  await expect.poll(cells).toEqual([before[3], before[2], before[1], before[0]]);
  await main().getByText('P(flags)').first().waitFor();
  const swapped = await predicted();
  expect(swapped.map(({ id }) => id)).toEqual(answers.map(({ id }) => id));
  swapped.forEach(({ probability }, index) => {
    expect(probability).toBeCloseTo(1 - answers[index]!.probability, 12);
  });
  // What was tried before is still called the same.
  await goTo(app, 'Try');
  await main().getByText('Threshold: flags above 10%').waitFor();
  await goTo(app, 'Review');
  await app.page.keyboard.press('z');
  await main().getByText('Threshold: smileys above 90%').waitFor();
  await expect.poll(cells).toEqual(before);
  expect(await predicted()).toEqual(answers);
  expect((await app.call('project.current'))?.settings.threshold).toBe(0.9);
});

test('a tried picture keeps its class through a swap', async () => {
  await goTo(app, 'Try');
  const row = main().getByRole('listbox').getByRole('option').first();
  const called = async (): Promise<string | undefined> =>
    /(flags|smileys)\s+P\(/.exec(await row.innerText())?.[1];
  const before = await called();
  expect(before).toBeDefined();
  await app.call('labels.swap');
  await main().getByText('Threshold: flags above 10%').waitFor();
  await expect.poll(called).toBe(before);
  await app.call('labels.undo');
});

test('errors in the Library follow the threshold of Review', async () => {
  await goTo(app, 'Library');
  await main().getByRole('button', { name: 'Wrong in' }).click();
  const stored = async () => (await app.call('project.current'))?.settings.threshold;
  const wrongAt = async (threshold: number): Promise<void> => {
    await goTo(app, 'Review');
    await main().getByRole('slider').fill(String(threshold));
    const [[, n01], [n10]] = confusion(await predicted(), threshold);
    // Before the slider has rested.
    await goTo(app, 'Library');
    const name = n01 + n10 === 0 ? 'Select all' : `Select all ${formatCount(n01 + n10)}`;
    await main().getByRole('button', { name }).waitFor();
    await expect.poll(stored).toBe(threshold);
  };
  await wrongAt(0.02);
  await wrongAt(0.98);
  await app.call('project.setSettings', { settings: { threshold: 0.5 } });
  await goTo(app, 'Review');
  await main().getByText('Threshold: smileys above 50%').waitFor();
});

test('a renamed class has its new name in Train, Review, Try and an export', async () => {
  await goTo(app, 'Library');
  const classes = (await app.call('project.current'))!.classes;
  await main().getByRole('button', { name: 'Rename smileys' }).click();
  await app.page.keyboard.type('banners');
  await app.page.keyboard.press('Enter');
  await main().getByText('Positive: banners').waitFor();
  await goTo(app, 'Train');
  await main().getByRole('columnheader', { name: 'banners' }).first().waitFor();
  await main().getByRole('tab', { name: 'Runs' }).click();
  await main().getByText('Precision of banners').waitFor();
  await goTo(app, 'Review');
  await main().getByText('Threshold: banners above 50%').waitFor();
  await goTo(app, 'Try');
  const row = main().getByRole('listbox').getByRole('option').first();
  await expect.poll(() => row.innerText()).toMatch(/(flags|banners)/);
  expect(await main().innerText()).not.toContain('smileys');
  await goTo(app, 'Export');
  await main().getByText('Class 1 is banners').waitFor();
  const out = join(app.documents, 'renamed');
  await app.answerDialog([out]);
  await main().getByRole('radio', { name: 'TensorFlow.js' }).check();
  await main().getByRole('button', { name: 'Export…' }).click();
  await main().getByRole('heading', { name: out }).waitFor({ timeout: 60_000 });
  expect(JSON.parse(await readFile(join(out, 'card.json'), 'utf8'))).toMatchObject({
    classes: ['flags', 'banners'],
  });
  await app.call('project.setClasses', { classes });
});

test('changes by the command line show in the open window', async () => {
  await goTo(app, 'Library');
  const all = main().getByRole('button', { name: /^Skipped/ });
  await expect.poll(() => all.innerText()).toMatch(/\s0$/);
  const { folder } = (await app.call('project.current'))!;
  const { code } = await start(['label', folder, 'skip', join(pictures, 'flags', 'ecuador.png')]).finished;
  expect(code).toBe(0);
  await expect.poll(() => all.innerText()).toMatch(/\s1$/);
  await goTo(app, 'Train');
  await main().getByRole('tab', { name: 'Recipe' }).click();
  const { classes } = await app.call('pictures.counts');
  const flags = () =>
    app.page.evaluate<number>(
      `[...document.querySelectorAll('main tbody td:nth-child(2)')].reduce((sum, one) => sum + Number(one.textContent), 0)`,
    );
  await expect.poll(flags).toBe(classes[0]);
  expect(app.complaints).toEqual([]);
});
