import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { formatPercent } from '../../shared/format.ts';
import { AppUnderTest } from '../kit/window/harness.ts';
import { goTo, openSample, SMALL_RECIPE, trainSmall } from '../kit/window/sample.ts';

/** Where a project opens. One app; the tests follow each other. */

let app: AppUnderTest;
/** What the list of recent projects says of this one, once it is known. */
let shown: string | null = null;

beforeAll(async () => {
  app = await AppUnderTest.launch({ size: [1280, 800] });
  await openSample(app);
  while ((await app.call('pictures.counts')).classes[1] === 0) await app.page.waitForTimeout(100);
}, 120_000);
afterAll(() => app.close());

/** Closes the project and opens it by a click. @returns the place that is shown */
async function reopen(): Promise<string | null> {
  await app.call('project.close');
  const recent = app.page.getByRole('region', { name: 'Recent projects' });
  if (shown !== null) await recent.getByText(shown, { exact: true }).waitFor();
  await recent
    .getByRole('button', { name: /^Twofold sample/ })
    .first()
    .click();
  const current = app.page.getByRole('navigation', { name: 'Screens' }).locator('[aria-current]');
  await current.waitFor();
  return current.textContent().then((text) => text?.trim() ?? null);
}

async function placeStored(place: string): Promise<void> {
  await expect.poll(async () => (await app.call('project.current'))!.settings.place).toBe(place);
}

/** Trains without going to Train. */
async function train(): Promise<void> {
  const augmentation = { ...SMALL_RECIPE.augmentation, enabled: false };
  await trainSmall(app, { ...SMALL_RECIPE, epochs: 1, augmentation });
}

test('a project without a run opens in the Library', async () => {
  expect(await reopen()).toBe('Library');
});

test('after training in the window a project opens in Review, also the time after', async () => {
  await goTo(app, 'Train');
  await placeStored('train');
  await train();
  const { valAccuracy } = (await app.call('runs.list'))[0]!.metrics as { valAccuracy: number };
  expect(await reopen()).toBe('Review');
  expect((await app.call('project.recent'))[0]!.summary).toMatchObject({
    pictures: 252,
    labelled: 252,
    accuracy: valAccuracy,
  });
  shown = `252 pictures, 252 labelled · accuracy ${formatPercent(valAccuracy)}`;
  await app.page.getByRole('main').getByRole('slider').first().waitFor();
  expect(await reopen()).toBe('Review');
  shown = null;
});

/** Imports copies of sample pictures that are not in the project, without labels, and stays where the person is. */
async function importUnlabelled(name: string, files: readonly string[]): Promise<void> {
  const folder = join(app.documents, name);
  for (const file of files) {
    await cp(join(app.documents, 'Twofold sample unseen pictures', file), join(folder, 'unlabelled', file));
  }
  const { unlabelled } = await app.call('pictures.counts');
  await app.call('import.start', { paths: [folder] });
  await expect
    .poll(async () => (await app.call('pictures.counts')).unlabelled)
    .toBe(unlabelled + files.length);
}

test('a project opens where a person labels', async () => {
  const ids = await app.call('pictures.ids', {});
  // Which alone would open the Library.
  await importUnlabelled('one more', ['jamaica.png']);
  await app.call('labels.set', { ids: [ids[0]!], label: null, source: 'mouse' });
  expect(await reopen(), 'labelled in Review after the import').toBe('Review');
  await goTo(app, 'Library');
  await placeStored('library');
  await train();
  await app.call('labels.set', { ids: [ids[1]!], label: null, source: 'mouse' });
  expect(await reopen(), 'labelled in the Library after the training').toBe('Library');
});

test('a project opens in the Library if unlabelled pictures were imported since', async () => {
  await goTo(app, 'Try');
  await placeStored('try');
  await importUnlabelled('more', ['grinning-cat.png', 'nerd-face.png']);
  expect(await reopen()).toBe('Library');
});

test('once a place was chosen, a project opens there, also in a reloaded window', async () => {
  for (const place of ['Export', 'Try', 'Library', 'Train'] as const) {
    await goTo(app, place);
    await placeStored(place.toLowerCase());
    expect(await reopen()).toBe(place);
  }
  await app.page.reload();
  await app.page.getByRole('tab', { name: 'Recipe' }).waitFor();
});

test('another project opens at its own place', async () => {
  await app.call('project.create', { folder: `${app.documents}/other.twofold` });
  const current = app.page.getByRole('navigation', { name: 'Screens' }).locator('[aria-current]');
  await expect.poll(() => current.textContent()).toContain('Library');
  expect(await reopen()).toBe('Train');
});

test('no errors were logged', () => {
  expect(app.complaints).toEqual([]);
});
