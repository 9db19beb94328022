import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { holdAnswers } from '../kit/window/answers.ts';
import { AppUnderTest } from '../kit/window/harness.ts';
import { goTo, openSample, SMALL_RECIPE, trainSmall } from '../kit/window/sample.ts';

/** The Export screen. One app; the tests follow each other. */

let app: AppUnderTest;

beforeAll(async () => {
  app = await AppUnderTest.launch({ size: [1280, 800] });
});

afterAll(async () => {
  await app.close();
});

const main = () => app.page.getByRole('main');
const button = (name: string) => main().getByRole('button', { name, exact: true });
const radio = (name: RegExp) => main().getByRole('radio', { name });
const reports = () => main().getByRole('region', { name: 'Exports of this session' }).locator('article');

async function exportTo(name: string): Promise<string> {
  const folder = join(app.documents, name);
  await app.answerDialog([folder]);
  await button('Export…').click();
  return folder;
}

test('without labels there is nothing to export, and without a run no model', async () => {
  await app.call('project.create', { folder: join(app.documents, 'empty.twofold') });
  await goTo(app, 'Export');
  await main().getByText('Nothing to export yet').waitFor();
  await openSample(app);
  await goTo(app, 'Train');
  await goTo(app, 'Export');
  await radio(/^Labels/).waitFor();
  expect(await radio(/^Keras/).isDisabled()).toBe(true);
  expect(await button('Export…').isDisabled()).toBe(true);
});

test('labels are exported without a run', async () => {
  await radio(/^Labels/).check();
  const folder = await exportTo('my labels');
  await reports().getByText(folder).waitFor();
  expect(parse(await readFile(join(folder, 'labels.csv')), { columns: true })).toHaveLength(252);
});

test('a model is written and loaded again, and its difference from the app is shown', async () => {
  await trainSmall(app, { ...SMALL_RECIPE, augmentation: { ...SMALL_RECIPE.augmentation, enabled: false } });
  await goTo(app, 'Train');
  await goTo(app, 'Export');
  await radio(/^Keras/).check();
  await main()
    .getByText(/about \d/)
    .first()
    .waitFor();
  await app.screenshots('export');
  expect(await app.accessibility()).toEqual([]);
  const folder = await exportTo('my keras');
  await main().getByRole('progressbar').waitFor();
  const report = reports().first();
  await report.getByText(folder).waitFor();
  expect(await report.innerText()).toMatch(
    /compared on \d+ pictures: the largest difference from the app is \d\.\de-\d+ \(allowed: 0\.0001\), the mean \d\.\de-\d+, /,
  );
  expect(await readdir(folder)).toContain('model.h5');
  await app.screenshots('export-done');
  expect(await app.accessibility()).toEqual([]);
});

test('every format can be written, and every model is verified by its own runtime', async () => {
  await radio(/^Everything/).check();
  const folder = await exportTo('everything');
  await reports().getByText(folder).waitFor({ timeout: 120_000 });
  const report = reports().first();
  const said = await report.getByRole('listitem').allInnerTexts();
  const of = (name: string): string => said.find((text) => text.startsWith(name))!;
  const RUNTIMES = {
    'TensorFlow.js': /TensorFlow\.js [\d.]+ loadLayersModel/,
    Keras: /reader of Keras files/,
    'TensorFlow SavedModel': /SavedModel loader/,
    ONNX: /ONNX Runtime \d/,
  };
  for (const [name, runtime] of Object.entries(RUNTIMES)) {
    expect(of(name)).toMatch(runtime);
    const [, largest, same, all] =
      /largest difference from the app is ([\d.e-]+) .*, and (\d+) of (\d+) get the same class/.exec(
        of(name),
      )!;
    expect(Number(largest)).toBeLessThan(1e-4);
    expect([Number(all) > 100, same]).toEqual([true, all]);
  }
  for (const name of ['Labels', 'Class folders', 'Training script']) expect(of(name)).not.toContain('hecked');
  expect(await report.getByText('Not checked').count()).toBe(0);
  expect((await readdir(folder)).sort()).toEqual([
    'README.md',
    'card.json',
    ...['folders', 'keras', 'labels', 'onnx', 'savedmodel', 'script', 'tfjs'],
  ]);
  await app.screenshots('export-everything');
});

test('an existing export is replaced only after confirmation', async () => {
  await radio(/^Labels/).check();
  await exportTo('my labels');
  const dialog = app.page.getByRole('dialog', { name: 'Replace the folder?' });
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await dialog.waitFor({ state: 'detached' });
  await exportTo('my labels');
  await dialog.getByRole('button', { name: 'Replace' }).click();
  await dialog.waitFor({ state: 'detached' });
  await expect.poll(() => reports().first().innerText()).toContain('my labels');
  expect(await app.page.getByRole('alert').count()).toBe(0);
});

test.each(['16', '8'])('TensorFlow.js is written with %s bits on request', async (bits) => {
  await radio(/^TensorFlow\.js/).check();
  await app.page.getByLabel('Weights').selectOption(bits);
  const folder = await exportTo(bits === '8' ? 'my tfjs' : 'half floats');
  await reports().getByText(folder).waitFor();
  expect(await readdir(folder, { recursive: true })).toContain('model.json');
  expect(await reports().first().innerText()).toMatch(
    /Accuracy on \d+ validation pictures: [\d.]+%, the app’s [\d.]+%\./,
  );
});

test('an export shows progress, and a cancelled one leaves nothing', async () => {
  await radio(/^Everything/).check();
  const folder = await exportTo('given up');
  await main()
    .getByRole('status')
    .getByText(/^(Writing|Comparing) /)
    .waitFor();
  await app.screenshots('export-busy');
  expect(await app.accessibility()).toEqual([]);
  await button('Cancel').click();
  await main().getByRole('progressbar').waitFor({ state: 'detached' });
  const left = await readdir(app.documents);
  expect(left.filter((name) => name.includes('given up'))).toEqual([]);
  expect(await app.page.getByRole('alert').count()).toBe(0);
  expect(folder).toContain('given up');
});

test('the folder is shown in the file manager', async () => {
  await app.electron.evaluate(({ shell }) => {
    shell.showItemInFolder = (path) => void ((globalThis as { shown?: string }).shown = path);
  });
  await reports().first().getByRole('button', { name: 'Show in folder' }).click();
  const shown = await app.electron.evaluate(() => (globalThis as { shown?: string }).shown);
  expect(shown).toContain('my tfjs');
  await expect(app.call('export.reveal', { path: app.documents })).rejects.toThrow('was not exported');
});

test('a reloaded window shows the running export and its result', async () => {
  await radio(/^Keras/).check();
  const folder = await exportTo('loaded anew');
  await main().getByRole('progressbar').waitFor();
  await app.page.reload();
  await goTo(app, 'Export');
  await main().getByRole('progressbar').waitFor();
  await reports().getByText(folder).waitFor();
  expect(await main().getByRole('progressbar').count()).toBe(0);
});

test('the result of an export does not show after another project was opened', async () => {
  await openSample(app);
  await goTo(app, 'Export');
  const letGo = await holdAnswers(app, 'export.start');
  await radio(/^Labels/).check();
  await exportTo('late');
  await expect.poll(() => readdir(app.documents)).toContain('late');
  await app.call('project.create', { folder: join(app.documents, 'other.twofold') });
  await app.call('import.start', { paths: [join(app.documents, 'Twofold sample pictures')] });
  await letGo();
  await app.settle();
  await goTo(app, 'Library');
  await goTo(app, 'Export');
  await button('Export…').waitFor();
  expect(await reports().count()).toBe(0);
  expect(await app.page.getByRole('dialog').count()).toBe(0);
});

test('no errors were logged', () => {
  expect(app.complaints).toEqual([]);
});
