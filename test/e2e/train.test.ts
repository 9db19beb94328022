import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DEFAULT_RECIPE } from '../../shared/recipe.ts';
import { AppUnderTest } from '../kit/window/harness.ts';
import { goTo, openSample } from '../kit/window/sample.ts';

/** The Train screen, on real training of the sample pictures. One app; the tests follow each other. */

let app: AppUnderTest;

beforeAll(async () => {
  app = await AppUnderTest.launch({ size: [1280, 800] });
});

afterAll(async () => {
  // Where a test failed in the middle of training, the app asks whether it may end.
  await app.electron.evaluate(({ dialog }) => {
    dialog.showMessageBox = () => Promise.resolve({ response: 0, checkboxChecked: false });
  });
  await app.close();
});

const main = () => app.page.getByRole('main');
const trainButton = () => main().getByRole('button', { name: 'Train', exact: true });
const button = (name: string | RegExp) => main().getByRole('button', { name, exact: true });
const field = (label: string) => app.page.getByLabel(label, { exact: true });
const tab = (name: RegExp) => app.page.getByRole('tab', { name });
const stage = () => app.page.locator('.progress [role=status]');

async function setFields(values: Record<string, string>): Promise<void> {
  for (const [label, value] of Object.entries(values)) await field(label).fill(value);
}

/** What a canvas shows, as a string that is the same for the same pixels. */
const pixelsOf = (selector: string): Promise<string> =>
  app.page.evaluate<string>(`document.querySelector(${JSON.stringify(selector)}).toDataURL()`);
const SIZES: [number, number][] = [
  [1280, 800],
  [1024, 640],
];
const LOSS = '[aria-label^="Loss over"] canvas';
const ACCURACY = '[aria-label^="Accuracy over"] canvas';

async function waitForOther(read: () => Promise<string>, before: string): Promise<string> {
  for (let tries = 0; tries < 100; tries++) {
    const now = await read();
    if (now !== before) return now;
    await app.page.waitForTimeout(100);
  }
  throw new Error('Nothing moved for ten seconds.');
}

/** Process of the training, as the system numbers it. */
async function trainingPid(): Promise<number> {
  const metrics = await app.electron.evaluate(({ app: electron }) =>
    electron.getAppMetrics().map(({ pid, name, serviceName }) => ({ pid, name: `${name} ${serviceName}` })),
  );
  const found = metrics.find(({ name }) => name.includes('Twofold training'));
  if (!found) throw new Error(`No training process among ${JSON.stringify(metrics)}`);
  return found.pid;
}

test('without labels, Train is disabled and says why', async () => {
  await app.call('project.create', { folder: join(app.documents, 'empty.twofold') });
  await goTo(app, 'Train');
  await main().getByText('Label some pictures of each class first.').waitFor();
  expect(await trainButton().isDisabled()).toBe(true);
  expect(await app.accessibility()).toEqual([]);
  await tab(/^Runs/).click();
  await main().getByText('No runs yet').waitFor();
});

test('the recipe starts with the tutorial’s values, reports invalid values, and remembers valid ones', async () => {
  await openSample(app);
  await goTo(app, 'Train');
  const preset = app.page.getByRole('radio', { name: 'Tutorial' });
  expect(await preset.isChecked()).toBe(true);
  await app.page.getByText('Advanced', { exact: true }).click();
  await field('Input size').waitFor();
  expect(await field('Input size').inputValue()).toBe('150');
  expect(await field('Cut at layer').inputValue()).toBe('mixed7');
  expect(await field('Hidden units').inputValue()).toBe('1024');
  expect(await field('Learning rate').inputValue()).toBe('0.0001');

  await field('Epochs').fill('many');
  await main().getByText('Expected a whole number from 1 to 10,000.').waitFor();
  expect(await field('Epochs').getAttribute('aria-invalid')).toBe('true');
  expect(await trainButton().isDisabled()).toBe(true);
  expect(await app.accessibility()).toEqual([]);
  await app.screenshots('train-recipe-invalid', SIZES);

  await setFields({ Epochs: '3', 'Input size': '75', 'Hidden units': '16' });
  await field('Cut at layer').selectOption('mixed0');
  await main().getByText('7 × 7 × 256 = 12,544 features', { exact: false }).waitFor();
  await goTo(app, 'Library');
  expect((await app.call('project.current'))?.settings.recipe).toEqual({
    ...DEFAULT_RECIPE,
    epochs: 3,
    size: 75,
    units: [16],
    cut: 'mixed0',
  });
  await goTo(app, 'Train');
  expect(await field('Input size').inputValue()).toBe('75');
});

test('a field shows help when it has the focus or the pointer', async () => {
  await field('Dropout').focus();
  await main().getByText('switched off at random', { exact: false }).first().waitFor();
  await field('Random seed').hover();
  await app.page
    .locator('.help')
    .getByText('The same seed repeats the same run.', { exact: false })
    .waitFor();
});

test('a layer that does not fit the input size is reported beside the layer', async () => {
  await setFields({ 'Input size': '74' });
  await main().getByText('Expected a whole number from 75 to 1,024.').waitFor();
  await setFields({ 'Input size': '75' });
});

test('the preview shows one of the project’s pictures in new variations', async () => {
  const variant = (number: number) => `[aria-label="Variation ${number}"] canvas`;
  await expect
    .poll(() => app.page.evaluate(`document.querySelector('${variant(7)}')?.width`), { timeout: 20_000 })
    .toBe(75);
  const shown = new Set<string>();
  for (let number = 1; number <= 7; number++) shown.add(await pixelsOf(variant(number)));
  shown.add(await pixelsOf('[aria-label$="original"] canvas'));
  expect(shown.size).toBe(8);

  const before = await pixelsOf(variant(1));
  await button('New variations').click();
  await waitForOther(() => pixelsOf(variant(1)), before);

  await field('Augment pictures').uncheck();
  await main().getByText('Without augmentation, the picture is the same in every epoch.').waitFor();
  expect(await field('Zoom').isDisabled()).toBe(true);
  await field('Augment pictures').check();
});

test('the model summary is that of Keras', async () => {
  await button('Summary…').click();
  const dialog = app.page.getByRole('dialog', { name: 'Model summary' });
  await dialog.waitFor();
  expect(await dialog.innerText()).toContain('conv2d');
  expect(await dialog.innerText()).toContain('Total params');
  expect(await app.accessibility()).toEqual([]);
  await app.page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
});

test('two quick clicks on Train start one run and do not stop it', async () => {
  const box = (await trainButton().boundingBox())!;
  await trainButton().click();
  // As fast as an impatient person clicks: by then another button could be there.
  await app.page.waitForTimeout(180);
  await app.page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
  await button('Pause').waitFor();
  expect(await trainButton().isDisabled()).toBe(true);
  // Nothing else is where Train is.
  await app.page.mouse.click(box.x + box.width / 2, box.y + box.height / 2, { clickCount: 2 });
  expect((await app.call('train.state'))?.phase).toBe('running');
  // Its model is not final, so no other place uses it yet.
  await button('Pause').click();
  await goTo(app, 'Review');
  await main().getByRole('heading', { name: 'Run 1 is being trained' }).waitFor();
  await goTo(app, 'Try');
  await main().getByRole('heading', { name: 'Run 1 is being trained' }).waitFor();
  await goTo(app, 'Export');
  await main().getByText('Run 1 is being trained. Export its model when training ends.').waitFor();
  await goTo(app, 'Train');
  await button('Resume').click();
  await goTo(app, 'Library');
  const notice = app.page.getByRole('region', { name: 'Messages' });
  // The first run also indexes the pictures, to find near-duplicates.
  await notice.getByText('Run 1 is trained: accuracy').waitFor({ timeout: 180_000 });
  await app.screenshots('train-notice', [[1024, 640]]);
  await notice.getByRole('button', { name: /^Review the \d+ wrong$|^Review$/ }).click();
  await main().getByRole('slider').waitFor();
  await goTo(app, 'Train');
  await button('Delete Run 1').click();
  await app.page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await tab(/^Recipe/).click();
}, 240_000);

test('training draws its curves, batch by batch, to the end', async () => {
  await trainButton().click();
  await button('Pause').waitFor();
  const [loss, accuracy] = [await pixelsOf(LOSS), await pixelsOf(ACCURACY)];
  const first = await waitForOther(() => pixelsOf(LOSS), loss);
  await waitForOther(() => pixelsOf(LOSS), first);
  await waitForOther(() => pixelsOf(ACCURACY), accuracy);
  await main().getByText('All epochs completed.', { exact: false }).waitFor();
  const [run] = await app.call('runs.list');
  expect(run).toMatchObject({ status: 'done', canPredict: true });
  expect(await app.call('runs.epochs', { run: 'r2' })).toHaveLength(3);
  await app.screenshots('train-done', SIZES);
  // What came of it: how many pictures, and how sure.
  const wrong = /Review the (\d+) wrong/.exec(
    await app.page.getByRole('navigation', { name: 'Next steps' }).innerText(),
  )![1];
  await main().getByText('on 50 validation pictures, threshold 0.5.', { exact: false }).waitFor();
  expect(await main().locator('.figure').first().innerText()).toMatch(
    /Accuracy\n\d+\.\d%\n\d+\.\d% to \d+\.\d%/,
  );
  const cells = await main().locator('tbody td').allInnerTexts();
  expect(cells.slice(0, 4).reduce((sum, cell) => sum + Number(cell), 0)).toBe(50);
  expect(Number(cells[1]) + Number(cells[2])).toBe(Number(wrong));
  expect(await app.accessibility()).toEqual([]);
});

test('the legend shows values at the pointer and at the arrow keys’ epoch; dark mode redraws the chart', async () => {
  const chart = app.page.getByRole('img', { name: /^Loss over/ });
  const light = await pixelsOf(LOSS);
  await app.setTheme('dark');
  await waitForOther(() => pixelsOf(LOSS), light);
  await app.setTheme('light');
  await chart.hover({ position: { x: 200, y: 60 } });
  await main()
    .getByText(/^at epoch \d$/)
    .first()
    .waitFor();
  await app.page.mouse.move(5, 5);
  await chart.focus();
  await app.page.keyboard.press('ArrowLeft');
  await main().getByText('at epoch 3').waitFor();
  await app.page.keyboard.press('ArrowLeft');
  await main().getByText('at epoch 2').waitFor();
});

test('training pauses, resumes, and keeps the best epoch when stopped', async () => {
  await tab(/^Recipe/).click();
  await setFields({ Epochs: '500' });
  await trainButton().click();
  await button('Pause').waitFor();
  await main()
    .getByText(/epoch \d+ · /)
    .waitFor();
  await app.screenshots('train-busy');
  await button('Pause').click();
  await expect.poll(() => stage().innerText(), { timeout: 20_000 }).toBe('Paused');
  const done = async () => (await app.call('train.state'))?.progress?.done;
  const before = await done();
  await app.page.waitForTimeout(1200);
  expect(await done()).toBe(before);
  await button('Resume').click();
  await expect.poll(done, { timeout: 20_000 }).toBeGreaterThan(before!);
  await expect.poll(async () => (await app.call('train.state'))?.epochs.length).toBeGreaterThan(0);

  // It goes on while something else is looked at.
  await goTo(app, 'Library');
  await app.page.getByRole('button', { name: /^Training, / }).click();
  await button('Stop').click();
  await main().getByText('Stopped. Kept epoch', { exact: false }).waitFor();
  const [run] = await app.call('runs.list');
  expect(run).toMatchObject({ id: 'r3', status: 'stopped', canPredict: true, canContinue: true });
});

test('the app survives a killed training process, and training resumes from the last checkpoint', async () => {
  await trainButton().click();
  await expect
    .poll(async () => (await app.call('runs.list'))[0], { timeout: 60_000, interval: 200 })
    .toMatchObject({ id: 'r4', bestEpoch: expect.any(Number) as number });
  const trained = (await app.call('runs.epochs', { run: 'r4' })).length;
  process.kill(await trainingPid(), 'SIGKILL');
  await main()
    .getByText(/The training process ended unexpectedly.*Click Resume to continue/)
    .waitFor();
  app.forgive(/^main: .*ended unexpectedly: signal SIGKILL/);
  expect((await app.call('pictures.counts')).classes).toEqual([127, 125]);
  await app.screenshots('train-crashed');
  expect(await app.accessibility()).toEqual([]);
  await goTo(app, 'Review');
  await main()
    .getByText('This run ended before its validation set was predicted.', { exact: false })
    .waitFor();
  await goTo(app, 'Train');
  await button('Resume').click();
  await button('Pause').waitFor();
  await expect
    .poll(async () => (await app.call('runs.epochs', { run: 'r4' })).length, { timeout: 60_000 })
    .toBeGreaterThan(trained);
  await button('Stop').click();
  await main().getByText('Stopped. Kept epoch', { exact: false }).waitFor();
  const epochs = (await app.call('runs.epochs', { run: 'r4' })).map(({ epoch }) => epoch);
  expect(epochs).toEqual(epochs.map((_, index) => index + 1));
});

test('runs have names and notes, can be compared, and are deleted after confirmation', async () => {
  await button(/^Run 2/).click();
  await field('Name of the run').fill('Three epochs');
  await app.page.keyboard.press('Enter');
  await button(/^Three epochs/).waitFor();
  const note = app.page.getByRole('textbox', { name: 'Note' });
  await note.fill('A first try.');
  await note.blur();
  await field('Compare Run 3').check();
  const compared = main().getByRole('region', { name: 'Compared runs' });
  const row = (name: string) => compared.getByRole('row', { name: new RegExp(name) });
  await expect
    .poll(() => row('Three epochs').innerText())
    .toMatch(/Epochs 3[^]*\d+\.\d% \(\d+\.\d% to \d+\.\d%\)/);
  expect(await row('Run 3').innerText()).toMatch(/Epochs 500[^]*\d+\.\d%/);
  await main().getByText('on the 50 validation pictures that all runs have in common').waitFor();
  // Told apart by their strokes as well.
  const dashes = await app.page.evaluate<string[]>(
    `[...document.querySelectorAll('[aria-label="Compared runs"] line')].map((line) => line.getAttribute('stroke-dasharray'))`,
  );
  expect(new Set(dashes).size).toBe(4);
  expect(await app.accessibility()).toEqual([]);
  await app.screenshots('train-compare', SIZES);
  const before = await pixelsOf(LOSS);
  await row('Run 3').hover();
  const lit = await waitForOther(() => pixelsOf(LOSS), before);
  await row('Three epochs').hover();
  const others = await waitForOther(() => pixelsOf(LOSS), lit);
  // The same by keyboard: the focus lights, Space keeps the curves lit when the focus leaves.
  await compared.focus();
  await app.page.mouse.move(0, 0);
  await waitForOther(() => pixelsOf(LOSS), others);
  const names = await compared.getByRole('button').allInnerTexts();
  for (let at = 0; at <= names.indexOf('Three epochs'); at++) await app.page.keyboard.press('Tab');
  await expect.poll(() => pixelsOf(LOSS)).toEqual(others);
  await app.page.keyboard.press(' ');
  await compared.getByRole('button', { name: 'Three epochs', pressed: true }).waitFor();
  await compared.focus();
  await expect.poll(() => pixelsOf(LOSS)).toEqual(others);

  await button('Delete Three epochs').click();
  const dialog = app.page.getByRole('dialog', { name: 'Delete “Three epochs”?' });
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  expect((await app.call('runs.list')).find(({ id }) => id === 'r2')).toMatchObject({
    name: 'Three epochs',
    note: 'A first try.',
  });
  await button('Delete Three epochs').click();
  await dialog.getByRole('button', { name: 'Delete' }).click();
  await button(/^Three epochs/).waitFor({ state: 'detached' });
  expect((await app.call('runs.list')).map(({ id }) => id)).toEqual(['r4', 'r3']);
});

test('the recipe of a run can be used again, and a preset replaces it', async () => {
  await button('Use recipe').click();
  expect(await field('Epochs').inputValue()).toBe('500');
  await app.page.getByRole('radio', { name: 'Tutorial' }).check();
  expect(await field('Epochs').inputValue()).toBe('20');
  expect(await field('Cut at layer').inputValue()).toBe('mixed7');
});

test('no errors were logged', () => {
  expect(app.complaints).toEqual([]);
});
